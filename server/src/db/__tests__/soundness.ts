/** What must hold of a database file whatever has happened to it. */
import { expect } from 'vitest';
import { queryAll, run } from '../query-helpers.ts';
import { currentState, replayedFromNothing, textOf } from './replay.ts';

/** Fails when the full-text index does not say what search_documents says. */
export function requireFullText(): void {
  run("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)");
}

/** Fails unless the file is whole: pages, references, order, index, and a history that tells how it came about. */
export function requireSound(): void {
  expect(queryAll('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(queryAll('PRAGMA foreign_key_check')).toEqual([]);
  for (const [table, parent] of [
    ['phases', 'plan_id'],
    ['steps', 'phase_id'],
  ]) {
    const gaps = queryAll(`SELECT ${parent} FROM ${table} GROUP BY ${parent}
      HAVING min(order_index) <> 0 OR max(order_index) <> count(*) - 1`);
    expect(gaps, `${table} with gaps`).toEqual([]);
  }
  requireFullText();
  expect(textOf(replayedFromNothing())).toBe(textOf(currentState()));
}
