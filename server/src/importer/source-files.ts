/** Reads a source that may be damaged: what cannot be read is answered with the reason, never thrown. Nothing is written. */
import { isUtf8 } from 'node:buffer';
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryError } from '../domain/errors.ts';

export type Read<T> = { ok: true; value: T } | { ok: false; reason: string };

export interface Listing {
  files: string[];
  folders: string[];
  /** What is neither, such as a link, which is not followed. */
  others: string[];
}

/** What lies in a folder, in the order of the names; empty when there is no such folder. */
export function listFolder(folder: string): Listing {
  const entries = entriesOf(folder).sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = (wanted: (entry: Dirent) => boolean) => entries.filter(wanted).map(({ name }) => name);
  return {
    files: names((entry) => entry.isFile()),
    folders: names((entry) => entry.isDirectory()),
    others: names((entry) => !entry.isFile() && !entry.isDirectory()),
  };
}

/** All files below a folder, by their paths from there. */
export function listTree(folder: string): string[] {
  const { files, folders } = listFolder(folder);
  return [...files, ...folders.flatMap((name) => listTree(join(folder, name)).map((path) => `${name}/${path}`))];
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
    throw new MemoryError('not_found', `The folder ${folder} cannot be read.`, {
      hint: 'Check its permissions.',
      cause: error,
    });
  }
}

/** The text of a file, exactly as it is. */
export function readText(file: string): Read<string> {
  const bytes = readBytes(file);
  if (!bytes.ok) return bytes;
  if (!isUtf8(bytes.value)) return { ok: false, reason: 'not UTF-8 text' };
  const text = bytes.value.toString('utf8');
  return text.includes('\u0000') ? { ok: false, reason: 'holds U+0000, so it is no text' } : { ok: true, value: text };
}

/** The value of a JSON file, with or without a byte order mark. */
export function readJson(file: string): Read<unknown> {
  const bytes = readBytes(file);
  if (!bytes.ok) return bytes;
  return parseJson(bytes.value.toString('utf8'));
}

export function parseJson(text: string): Read<unknown> {
  const json = text.replace(/^\uFEFF/, '');
  if (json.trim() === '') return { ok: false, reason: 'empty' };
  try {
    return { ok: true, value: JSON.parse(json) };
  } catch (error) {
    // The parser's message quotes the file; where it stopped is enough.
    const place = /position \d+/.exec(error instanceof Error ? error.message : '')?.[0];
    return { ok: false, reason: `not valid JSON${place === undefined ? '' : ` at ${place}`}` };
  }
}

/** When the file was last changed. */
export function modifiedAt(file: string): string {
  return statSync(file).mtime.toISOString();
}

function readBytes(file: string): Read<Buffer> {
  try {
    return { ok: true, value: readFileSync(file) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { ok: false, reason: `cannot be read (${code})` };
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
