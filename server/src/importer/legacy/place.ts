/** Where an import stands: the workspace that is read, and what was found out about it on the way. */
import { join } from 'node:path';
import type { JsonObject } from '../../domain/stored-values.ts';
import type { Tally } from '../report.ts';
import { type Read, readJson } from '../source-files.ts';
import { field } from '../values.ts';
import type { Writer } from '../write.ts';
import { kindOf, type Survey } from './survey.ts';

export interface WorkspaceImport {
  /** The folder that is read, and its name. */
  folder: string;
  name: string;
  workspaceId: string;
  writer: Writer;
  tally: Tally;
  survey: Survey;
  /** Id in the source → id of the row. */
  planIds: Map<string, string>;
  programIds: Map<string, string>;
  /** Ids of workspaces that the files name, beside the folder's. */
  namedWorkspaces: Set<string>;
  /** Called once per file. */
  onFile: () => void;
}

/** Reads one file as one file of the report; what cannot be read is skipped for an error. */
export function readFileOf<T>(
  at: Pick<WorkspaceImport, 'tally' | 'onFile'>,
  path: string,
  kind: string,
  read: () => Read<T>,
  use: (value: T) => void,
): void {
  at.onFile();
  const found = read();
  if (found.ok) at.tally.file(path, () => use(found.value));
  else {
    at.tally.skip({ kind, path, reason: found.reason, error: true });
    if (kind !== 'files') at.tally.skip({ kind: 'files', path, reason: found.reason, error: true });
  }
}

/** The same for a JSON file. */
export function readJsonOf(at: WorkspaceImport, path: string, kind: string, use: (value: unknown) => void): void {
  readFileOf(at, path, kind, () => readJson(join(at.folder, path)), use);
}

/** A file that need not be imported, with the reason. */
export function skipFile(
  at: Pick<WorkspaceImport, 'tally' | 'onFile'>,
  path: string,
  reason: string,
  error = false,
): void {
  at.onFile();
  at.tally.skip({ kind: 'files', path, reason, error });
}

/** The elements of a list that are objects; the others are listed as skipped. */
export function objectsOf<T>(
  at: WorkspaceImport,
  path: string,
  kind: string,
  list: readonly unknown[],
  isOne: (value: unknown) => value is T,
): T[] {
  return list.filter((value, position): value is T => {
    if (isOne(value)) return true;
    at.tally.skip({ kind, path, position, reason: `is ${kindOf(value)}`, error: true });
    return false;
  });
}

/** Notes the workspace id that an element names. */
export function noteWorkspace(at: WorkspaceImport, element: JsonObject): void {
  const id = field(element, 'workspace_id');
  if (typeof id === 'string' && id !== '' && id !== at.name) at.namedWorkspaces.add(id);
}
