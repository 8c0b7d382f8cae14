/** What a program that cannot start says, and that it leaves what it finds. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { expectClean } from './memory.ts';
import type { Finished } from './processes.ts';

export const NOT_WRITABLE = /^unavailable: The data folder cannot be written\. .*write permission.*--data-root/;

/** Nothing on stdout, one line on stderr that says what is wrong and what to do, a code that is not 0. */
export function expectOneSentence({ code, stdout, stderr }: Finished, words: RegExp): void {
  expect(stderr).toMatch(words);
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expectClean(stderr);
  expect(stdout).toBe('');
  expect(code).toBe(1);
}

/** All files of a folder with their bytes. */
export function contentOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => [entry.name, entry.isFile() ? readFileSync(join(folder, entry.name), 'base64') : 'folder']),
  );
}
