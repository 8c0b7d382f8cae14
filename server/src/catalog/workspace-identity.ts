/** `.projectmemory/identity.json`: what a directory itself says about its workspace, so that it is found again when moved. */
import { accessSync, constants, lstatSync, mkdirSync, renameSync, rmSync, type Stats, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkspaceRow } from '../db/index.ts';
import { now } from '../domain/clock.ts';
import { MemoryError } from '../domain/errors.ts';
import { readSmallFile } from './small-file.ts';

const FOLDER = '.projectmemory';
const FILE = 'identity.json';
const SCHEMA_VERSION = '1.0.0';

/** The id of the workspace that the directory names; null where it names none, or not in a way that can be read. */
export function identityIn(directory: string): string | null {
  const id = contentOf(directory)['workspace_id'];
  return typeof id === 'string' && id !== '' ? id : null;
}

/** @throws invalid_input where an identity could not be written into this directory */
export function refuseUnwritable(directory: string): void {
  const folder = join(directory, FOLDER);
  const [there, file] = [factsOf(folder), factsOf(join(folder, FILE))];
  // A repository that somebody else made could lead the file out of the directory.
  const isFolder = there === null || there.isDirectory();
  if (isFolder && file?.isDirectory() !== true && isWritable(there === null ? directory : folder)) return;
  throw new MemoryError('invalid_input', `${folder}/${FILE} cannot be written, so nothing was registered.`, {
    hint: 'See to permission there, and that the folder is a folder and no link; or leave write_identity out.',
  });
}

/** Writes the identity, whole or not at all; what else the file says is kept. @throws unavailable */
export function writeIdentity({ id, path, created_at }: WorkspaceRow): void {
  const folder = join(path, FOLDER);
  const draft = join(folder, `${FILE}.${process.pid}.tmp`);
  const identity = {
    schema_version: SCHEMA_VERSION,
    created_at,
    ...contentOf(path),
    workspace_id: id,
    workspace_path: path,
    updated_at: now(),
  };
  try {
    refuseUnwritable(path);
    mkdirSync(folder, { recursive: true });
    writeFileSync(draft, `${JSON.stringify(identity, null, 2)}\n`, { flag: 'wx' });
    renameSync(draft, join(folder, FILE));
  } catch (error) {
    if (factsOf(draft) !== null) rmSync(draft);
    throw new MemoryError('unavailable', `Workspace ${id} is registered, but ${folder}/${FILE} could not be written.`, {
      hint: 'See to permission and space there; then register with write_identity again.',
      cause: error,
    });
  }
}

function factsOf(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** What the file says; nothing where there is none, or none of ours. */
function contentOf(directory: string): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(readSmallFile(join(directory, FOLDER, FILE)) ?? '{}');
    return typeof content === 'object' && content !== null ? { ...content } : {};
  } catch {
    return {};
  }
}
