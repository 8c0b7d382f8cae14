/** What the engine says of the pages of the file. */
import { MemoryError } from '../domain/errors.ts';
import { currentHandle, type Database } from './connection.ts';
import { transaction } from './query-helpers.ts';
import { translated } from './sqlite-errors.ts';

/** What a whole check of the file finds, in the engine's words; empty when it is sound. */
export function findDamage(): string[] {
  const { db } = currentHandle();
  return translated(() => faultsIn(db, 20));
}

/** At most `max` faults of the file, and some more where pages are damaged. */
export function faultsIn(db: Database, max: number): string[] {
  const rows = db.pragma(`integrity_check(${max})`) as { integrity_check: string }[];
  // What it finds in pages comes as lines of one row, under a heading.
  const said = rows.flatMap((row) => row.integrity_check.split('\n'));
  return said.filter((line) => line !== 'ok' && !line.startsWith('***'));
}

/** Whether all of the damage lies in indexes, which can be made again from their rows. */
export function isIndexDamage(faults: readonly string[]): boolean {
  return faults.every((fault) => /\bindex\b/.test(fault));
}

/** Whether pages or indexes are damaged, and not only what rows hold. */
export function isPageDamage(faults: readonly string[]): boolean {
  return faults.some((fault) => /\b(page|tree|freelist|index)\b/i.test(fault));
}

/** Whether all of the damage lies in the full text of the search, which can be made again from the rows. */
export function isFullTextDamage(faults: readonly string[]): boolean {
  return faults.every((fault) => /fts5/i.test(fault));
}

/**
 * Makes all indexes again, if that makes the file sound: pages of rows may be damaged too, which no statement should work on.
 * @throws corrupt when it does not, and nothing is changed
 */
export function rebuildIndexes(): void {
  transaction(() => {
    translated(() => currentHandle().db.exec('REINDEX'));
    if (!isPageDamage(findDamage().filter((fault) => !isFullTextDamage([fault])))) return;
    throw new MemoryError('corrupt', 'Making the indexes again does not mend the file, so it was left as it is.', {
      hint: 'Put a copy back with project-memory restore.',
    });
  });
}
