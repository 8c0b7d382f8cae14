import { describe, expect, test } from 'vitest';
import { originKey } from '../repository-origin.ts';

describe('originKey', () => {
  test.each([
    'https://git.example.com/me/shop.git',
    'https://git.example.com/me/shop',
    'https://git.example.com/me/shop/',
    'https://me:secret@git.example.com/me/shop.git',
    'https://Git.Example.com:8443/Me/Shop.git',
    'ssh://git@git.example.com:2222/me/shop.git',
    'git://git.example.com/me/shop',
    'git+ssh://git@git.example.com/me/shop',
    'git@git.example.com:me/shop.git',
    'git@git.example.com:/me/shop.git',
    'git.example.com:me/shop.git',
    '  git@git.example.com:me/shop\n',
  ])('%j is git.example.com/me/shop', (address) => {
    expect(originKey(address)).toBe('git.example.com/me/shop');
  });

  test.each([
    ['/srv/shop.git', '/srv/shop.git'],
    ['/home/me/shop/.git', '/home/me/shop'],
    ['/home/me/Shop/', '/home/me/Shop'],
    ['file:///srv/shop.git', '/srv/shop.git'],
    ['C:\\work\\shop', 'C:/work/shop'],
  ])('%s is the place %s of this machine', (address, path) => {
    expect(originKey(address)).toBe(path);
  });

  test.each(['', '   ', '../other', './here', 'other', 'https://', 'git@host:', 'host:'])(
    '%j names no place by itself',
    (address) => {
      expect(originKey(address)).toBeNull();
    },
  );

  test('other repositories, owners and hosts are others', () => {
    const addresses = [
      'https://a.example/x/y',
      'https://a.example/x/z',
      'https://a.example/w/y',
      'https://b.example/x/y',
    ];
    expect(new Set(addresses.map(originKey)).size).toBe(addresses.length);
  });
});
