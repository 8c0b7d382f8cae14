import { describe, expect, test } from 'vitest';
import { findContentFiles, hashContentFiles } from '../content-files.ts';
import { refusal, temporaryFolder, writeFiles } from './fixtures.ts';

/** A fresh folder with these files. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  writeFiles(folder, files);
  return folder;
}

describe('findContentFiles', () => {
  test('finds agents, instructions and skills at any depth, in the order of their paths, and nothing else', () => {
    const folder = folderOf({
      'skills/b/SKILL.md': '',
      'skills/group/a/SKILL.md': '',
      'skills/SKILL.md': '',
      'skills/b/notes.md': '',
      'skills/b/skill.md': '',
      'agents/z.agent.md': '',
      'agents/team/Reviewer.agent.md': '',
      'agents/README.md': '',
      'agents/.agent.md': '',
      'agents/x.agent.md.bak': '',
      'instructions/a.instructions.md': '',
      '.github/instructions/deep/b.instructions.md': '',
      '.github/skills/c/SKILL.md': '',
      '.github/agents/no.agent.md': '',
      'other/agents/no.agent.md': '',
      'no.agent.md': '',
      'misc/no.instructions.md': '',
    });
    expect(findContentFiles(folder)).toEqual([
      { kind: 'instruction', path: '.github/instructions/deep/b.instructions.md', stem: 'b.instructions.md' },
      { kind: 'skill', path: '.github/skills/c/SKILL.md', stem: 'c' },
      { kind: 'agent', path: 'agents/team/Reviewer.agent.md', stem: 'Reviewer' },
      { kind: 'agent', path: 'agents/z.agent.md', stem: 'z' },
      { kind: 'instruction', path: 'instructions/a.instructions.md', stem: 'a.instructions.md' },
      { kind: 'skill', path: 'skills/b/SKILL.md', stem: 'b' },
      { kind: 'skill', path: 'skills/group/a/SKILL.md', stem: 'a' },
    ]);
  });

  test('an empty folder has none, a missing one or a file is refused', () => {
    const folder = folderOf({ file: '' });
    expect(findContentFiles(folder)).toEqual([]);
    for (const path of [`${folder}/none`, `${folder}/file`]) {
      const { code, message } = refusal(() => findContentFiles(path));
      expect(code).toBe('not_found');
      expect(message).toContain(path);
    }
  });
});

describe('hashContentFiles', () => {
  const FILES = { 'agents/a.agent.md': 'one', 'skills/s/SKILL.md': 'two' };

  test('is the same for the same files, wherever they lie and whatever lies beside them', () => {
    const hash = hashContentFiles(folderOf(FILES));
    expect(hashContentFiles(folderOf({ ...FILES, 'README.md': 'x' }))).toBe(hash);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each<[string, Record<string, string>]>([
    ['other text', { ...FILES, 'agents/a.agent.md': 'One' }],
    ['another name', { 'agents/b.agent.md': 'one', 'skills/s/SKILL.md': 'two' }],
    ['one file more', { ...FILES, 'agents/b.agent.md': '' }],
    ['one file less', { 'agents/a.agent.md': 'one' }],
    ['text that moved from one file to the next', { 'agents/a.agent.md': 'on', 'skills/s/SKILL.md': 'etwo' }],
  ])('differs for %s', (_what, files) => {
    expect(hashContentFiles(folderOf(files))).not.toBe(hashContentFiles(folderOf(FILES)));
  });

  test('two files and one whose text says the same are told apart', () => {
    const two = folderOf({ 'agents/a.agent.md': 'x', 'agents/b.agent.md': 'y' });
    const one = folderOf({ 'agents/a.agent.md': 'xagents/b.agent.mdy' });
    expect(hashContentFiles(one)).not.toBe(hashContentFiles(two));
  });
});
