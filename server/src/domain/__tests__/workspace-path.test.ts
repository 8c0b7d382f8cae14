import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayNameOfPath, isInside, normaliseWorkspacePath, workspacePathKey } from '../workspace-path.ts';

const anyPath = fc.oneof(
  fc.string({
    unit: fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      'a',
      'B',
      'C:',
      'c:',
      '?',
      'UNC',
      'file:',
      ' ',
      '%20',
      'é',
      'e\u0301',
      'İ',
      '\u212A:',
    ),
  }),
  fc.string({ unit: 'binary' }),
);

describe('normaliseWorkspacePath', () => {
  test.each([
    ['/home/me/project/', '/home/me/project'],
    ['/home//me///project', '/home/me/project'],
    ['/home/./me/../you', '/home/you'],
    ['/../..', '/'],
    ['///a/b', '/a/b'],
    ['/', '/'],
    ['/a\\b', '/a\\b'],
    ['C:\\Users\\Me\\Project\\', 'C:/Users/Me/Project'],
    ['c:/Users//Me/./Project/../Other', 'C:/Users/Me/Other'],
    ['C:\\..\\..\\x', 'C:/x'],
    ['d:', 'D:/'],
    ['D:\\', 'D:/'],
    ['/c:/Users/Me', 'C:/Users/Me'],
    ['\\\\server\\share\\dir\\', '//server/share/dir'],
    ['\\\\server\\share', '//server/share'],
    ['//server/share/../..', '//server/share'],
    ['\\\\wsl$\\Ubuntu\\home\\me', '//wsl$/Ubuntu/home/me'],
    ['\\\\?\\C:\\very\\long', 'C:/very/long'],
    ['\\\\?\\UNC\\server\\share\\dir', '//server/share/dir'],
    ['file:///home/me/my%20project', '/home/me/my project'],
    ['file:///c%3A/Users/Me', 'C:/Users/Me'],
    ['file://localhost/home/me', '/home/me'],
    ['file://server/share/dir', '//server/share/dir'],
    ['file:/home/me', '/home/me'],
    ['file:///home/100%', '/home/100%'],
    ['a\\b/./c/', 'a/b/c'],
    ['../a/../../b', '../../b'],
    ['x/../C:/y', 'C:/y'],
    ['', ''],
    ['.', ''],
  ])('%s becomes %s', (path, normal) => {
    expect(normaliseWorkspacePath(path)).toBe(normal);
  });

  test('what is normal stays as it is', () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        const normal = normaliseWorkspacePath(path);
        expect(normaliseWorkspacePath(normal)).toBe(normal);
      }),
    );
  });
});

describe('workspacePathKey', () => {
  test('folds the case of Windows-style paths, and of no others', () => {
    expect(workspacePathKey('c:\\Users\\ME')).toBe(workspacePathKey('C:/users/me/'));
    expect(workspacePathKey('\\\\Server\\Share\\X')).toBe(workspacePathKey('//server/share/x'));
    expect(workspacePathKey('/home/Me')).not.toBe(workspacePathKey('/home/me'));
    expect(workspacePathKey('Docs')).not.toBe(workspacePathKey('docs'));
  });

  test('composed and decomposed letters are the same', () => {
    expect(workspacePathKey('/home/Jos\u00e9')).toBe(workspacePathKey('/home/Jose\u0301'));
    expect(workspacePathKey('C:/Jos\u00c9')).toBe(workspacePathKey('c:/jose\u0301'));
  });

  test('is the key of the normal spelling, and of itself', () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        const key = workspacePathKey(path);
        expect(workspacePathKey(normaliseWorkspacePath(path))).toBe(key);
        expect(workspacePathKey(key)).toBe(key);
      }),
    );
  });
});

describe('displayNameOfPath', () => {
  test.each([
    ['/home/me/project/', 'project'],
    ['C:\\Users\\Me\\Project-Memory', 'Project-Memory'],
    ['C:\\', 'C:/'],
    ['/', '/'],
    ['\\\\server\\share', 'share'],
    ['project', 'project'],
  ])('%s is called %s', (path, name) => {
    expect(displayNameOfPath(path)).toBe(name);
  });
});

describe('isInside', () => {
  test.each([
    ['/home/me', '/home/me/project', true],
    ['/home/me/', '/home/me/a/../b', true],
    ['/home/me', '/home/me', false],
    ['/home/me', '/home/melissa', false],
    ['/home/me/project', '/home/me', false],
    ['/', '/home', true],
    ['/', '/', false],
    ['C:\\', 'c:/users', true],
    ['C:\\Work', 'c:\\work\\Project', true],
    ['C:\\Work', 'D:\\Work\\Project', false],
    ['\\\\server\\share', '//SERVER/share/x', true],
    ['/Home', '/home/me', false],
    ['', '/home', false],
    ['', 'a', false],
  ])('of %s, %s: %s', (parent, path, inside) => {
    expect(isInside(parent, path)).toBe(inside);
  });

  test('a path is inside every path that it continues', () => {
    const name = fc.constantFrom('a', 'B', 'c d', 'é', '..x');
    fc.assert(
      fc.property(
        fc.constantFrom('/', 'C:\\', '\\\\s\\t\\'),
        fc.array(name),
        fc.array(name, { minLength: 1 }),
        (root, above, below) => {
          const parent = root + above.join('/');
          expect(isInside(parent, `${parent}/${below.join('/')}`)).toBe(true);
          expect(isInside(`${parent}/${below.join('/')}`, parent)).toBe(false);
        },
      ),
    );
  });
});
