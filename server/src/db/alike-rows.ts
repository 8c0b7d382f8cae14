/** Rows that say what another one has said, as a clone does: what a purge of that one leaves behind. */
import { fromJson } from '../domain/stored-values.ts';
import { columnsOf } from './connection.ts';
import { forEachDeletion, type Gone } from './forgotten-rows.ts';
import { getRowHistory } from './history-db.ts';
import { forEachRow } from './query-helpers.ts';
import { apply, type Row } from './replay.ts';
import { madeFrom } from './step-origins.ts';
import { userTables } from './user-tables.ts';

/** Columns of ids, times, hashes, places, those who did it, and words of a closed list: many rows have the same in them. */
const SAME_BY_CHANCE = new RegExp(
  `(^|_)(${[
    ...['id', 'at', 'hash', 'key', 'path', 'paths', 'directory', 'filename', 'origin', 'source', 'applies_to', 'stats'],
    ...['session', 'plan', 'agent', 'assignee', 'by', 'type', 'kind', 'category', 'priority', 'severity', 'status'],
    ...['execution'],
  ].join('|')})$`,
);

/** Shorter texts are the same by chance. */
const TELLING = 8;

/** Rows, also deleted ones, that have a text which one of these had at any time, or that these were consolidated into. */
export function findAlike(gone: ReadonlyMap<string, Gone>): string[] {
  const said = new Set<string>();
  const alike = new Set<string>();
  for (const [id, { table }] of gone) {
    for (const made of madeFrom(id)) alike.add(made);
    addAllSaid(id, table, said);
  }
  for (const table of said.size === 0 ? [] : userTables()) {
    const columns = columnsOf(table).filter((column) => !SAME_BY_CHANCE.test(column));
    forEachRow<Row>(`SELECT ${['id', ...columns].join(', ')} FROM ${table}`, [], (row) => {
      if (textsOf(row).some((text) => said.has(text))) alike.add(String(row['id']));
    });
  }
  forEachDeletion(({ row_id, before }) => {
    if (textsOf(fromJson<Row>(before) ?? {}).some((text) => said.has(text))) alike.add(row_id);
  });
  return [...alike].filter((id) => !gone.has(id));
}

/**
 * Adds all that a row which is gone has ever said. Its changes are taken back one by one: where a text was appended to, only
 * what was added is recorded.
 */
function addAllSaid(id: string, table: Gone['table'], said: Set<string>): void {
  const rows = new Map<string, Row>();
  const state = new Map([table, `${table}_archive`].map((name) => [name, rows]));
  for (const change of getRowHistory(id).reverse()) {
    apply(state, change, 'back');
    for (const text of textsOf(rows.get(id) ?? {})) said.add(text);
  }
}

function textsOf(row: Row): string[] {
  const texts = Object.entries(row).flatMap(([column, value]) => (SAME_BY_CHANCE.test(column) ? [] : [value]));
  return texts.filter((value) => typeof value === 'string').filter((text) => text.length >= TELLING);
}
