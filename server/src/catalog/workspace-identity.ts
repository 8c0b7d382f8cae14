/** `.projectmemory/identity.json`: what a directory itself says about its workspace, so that it is found again when moved. */
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkspaceRow } from '../db/index.ts';
import { now } from '../domain/clock.ts';
import { MemoryError } from '../domain/errors.ts';

const FOLDER = '.projectmemory';
const FILE = 'identity.json';
const SCHEMA_VERSION = '1.0.0';

/** The id of the workspace that the directory names; null where it names none, or not in a way that can be read. */
export function identityIn(directory: string): string | null {
  const id = contentOf(directory)['workspace_id'];
  return typeof id === 'string' && id !== '' ? id : null;
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
    mkdirSync(folder, { recursive: true });
    // A repository that somebody else made could lead the file out of the directory.
    if (!lstatSync(folder).isDirectory()) throw new Error(`${folder} is a symbolic link.`);
    writeFileSync(draft, `${JSON.stringify(identity, null, 2)}\n`, { flag: 'wx' });
    renameSync(draft, join(folder, FILE));
  } catch (error) {
    throw new MemoryError('unavailable', `Workspace ${id} is registered, but ${folder}/${FILE} could not be written.`, {
      hint: 'See to permission and space there, and that the folder is no link; then register with write_identity again.',
      cause: error,
    });
  } finally {
    rmSync(draft, { force: true });
  }
}

function contentOf(directory: string): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(readFileSync(join(directory, FOLDER, FILE), 'utf8'));
    return typeof content === 'object' && content !== null ? { ...content } : {};
  } catch {
    // No file, or none of ours: the directory names no workspace.
    return {};
  }
}
