/** What agents, instructions and skills have in common: a name without regard to case, content, and where it came from. */

import { now } from '../domain/clock.ts';
import { newId } from '../domain/ids.ts';
import { sha256 } from '../domain/node-crypto.ts';
import type { ContentOrigin } from '../domain/vocabulary.ts';
import { queryAll, queryOne, transaction } from './query-helpers.ts';
import type { UserTables } from './types.ts';
import { type Changes, insertRow, updateRow } from './write-helpers.ts';

const TABLES = {
  agent_definitions: { id: 'agent', name: 'name' },
  instruction_files: { id: 'instruction', name: 'filename' },
  skill_definitions: { id: 'skill', name: 'name' },
} as const;

export type ContentTable = keyof typeof TABLES;

/** Set by seeding alone: what the program or a folder brought, told from what a person wrote. */
export interface SeedMark {
  origin: ContentOrigin;
  seeded_hash: string;
}

/** The form of a name under which two spellings are the same. */
export function nameKey(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

export function contentHash(content: string): string {
  return sha256(content);
}

/** Inserts the row of this name or replaces its content; a stored name keeps its spelling and its seed mark. */
export function storeNamed<T extends ContentTable>(
  table: T,
  name: string,
  values: Changes<T>,
  mark?: SeedMark,
): UserTables[T] {
  return transaction(() => {
    const known = getNamed(table, name);
    const changes = { ...values, ...mark } as Changes<T>;
    if (known !== null) {
      const columns = Object.keys(changes) as (keyof UserTables[T] & string)[];
      return updateRow(table, known.id, columns, changes) as UserTables[T];
    }
    const created = now();
    return insertRow(table, {
      ...changes,
      id: newId(TABLES[table].id),
      [TABLES[table].name]: name,
      name_key: nameKey(name),
      created_at: created,
      updated_at: created,
    } as Changes<T>);
  });
}

export function getNamed<T extends ContentTable>(table: T, name: string): UserTables[T] | null {
  return queryOne<UserTables[T]>(`SELECT * FROM ${table} WHERE name_key = ?`, [nameKey(name)]) ?? null;
}

/** All rows of a table by name. */
export function listNamed<T extends ContentTable>(table: T): UserTables[T][] {
  return queryAll<UserTables[T]>(`SELECT * FROM ${table} ORDER BY name_key`);
}
