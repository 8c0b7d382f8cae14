import { describe, expect, test } from 'vitest';
import { getInstruction, getInstructionsForFile, listInstructions, storeInstruction } from '../instruction-db.ts';
import { refusal, withTestDatabase } from './fixtures.ts';

describe('storeInstruction, getInstruction, listInstructions', () => {
  test('a file is stored under its name, whatever the case, and replaced as a whole', () =>
    withTestDatabase(() => {
      const first = storeInstruction('Tests.instructions.md', '**/*.ts', 'one', { applyTo: '**/*.ts' });
      expect(first).toMatchObject({
        filename: 'Tests.instructions.md',
        applies_to: '**/*.ts',
        content: 'one',
        metadata: '{"applyTo":"**/*.ts"}',
        origin: 'user',
      });
      const second = storeInstruction('tests.INSTRUCTIONS.md', 'src/**', 'two');
      expect(second).toMatchObject({
        id: first.id,
        filename: first.filename,
        applies_to: 'src/**',
        content: 'two',
        metadata: '{}',
      });
      expect(getInstruction('TESTS.instructions.md')).toEqual(second);
      expect(listInstructions()).toEqual([second]);
    }));

  test('files are listed by name, and an unknown one is null', () =>
    withTestDatabase(() => {
      for (const name of ['b.md', 'C.md', 'a.md']) storeInstruction(name, '', 'text');
      expect(listInstructions().map(({ filename }) => filename)).toEqual(['a.md', 'b.md', 'C.md']);
      expect(getInstruction('d.md')).toBeNull();
    }));

  test('an empty or overlong name is refused', () =>
    withTestDatabase(() => {
      for (const name of ['', 'x'.repeat(301)]) {
        expect(refusal(() => storeInstruction(name, '**', 'text')).code).toBe('invalid_input');
      }
      expect(listInstructions()).toEqual([]);
    }));
});

describe('getInstructionsForFile', () => {
  const GLOBS: Record<string, string> = {
    everything: '**',
    typescript: '**/*.ts',
    nested: 'src/**/tests/*.{ts,tsx}',
    flat: 'src/*.ts',
    list: 'docs/**, *.md',
    windows: 'server\\src\\**',
    nothing: '',
  };

  test.each([
    ['src/a.ts', ['everything', 'flat', 'typescript']],
    ['src/deep/down/tests/a.ts', ['everything', 'nested', 'typescript']],
    ['src/tests/a.tsx', ['everything', 'nested']],
    ['src\\tests\\a.tsx', ['everything', 'nested']],
    ['./src/a.ts', ['everything', 'flat', 'typescript']],
    ['docs/guide/start.html', ['everything', 'list']],
    ['deep/README.md', ['everything', 'list']],
    ['server/src/db/index.ts', ['everything', 'typescript', 'windows']],
    ['Makefile', ['everything']],
  ])('%s is matched by %j, in the order of their names', (path, names) =>
    withTestDatabase(() => {
      for (const [name, globs] of Object.entries(GLOBS).reverse()) storeInstruction(name, globs, 'text');
      expect(getInstructionsForFile(path).map(({ filename }) => filename)).toEqual(names);
    }),
  );

  test('an empty path is matched by nothing', () =>
    withTestDatabase(() => {
      storeInstruction('everything', '**', 'text');
      expect(getInstructionsForFile('')).toEqual([]);
    }));
});
