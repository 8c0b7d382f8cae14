/** What the engine says of the pages of the file. */
import { currentHandle } from './connection.ts';
import { translated } from './sqlite-errors.ts';

/** What a whole check of the file finds, in the engine's words; empty when it is sound. */
export function findDamage(): string[] {
  const { db } = currentHandle();
  const rows = translated(() => db.pragma('integrity_check(20)')) as { integrity_check: string }[];
  return rows.map(({ integrity_check: said }) => said).filter((said) => said !== 'ok');
}

/** Whether all of the damage lies in indexes, which can be made again from their rows. */
export function isIndexDamage(faults: readonly string[]): boolean {
  return faults.every((fault) => /\bindex\b/.test(fault));
}

/** Whether all of the damage lies in the full text of the search, which can be made again from the rows. */
export function isFullTextDamage(faults: readonly string[]): boolean {
  return faults.every((fault) => /fts5/i.test(fault));
}

export function rebuildIndexes(): void {
  translated(() => currentHandle().db.exec('REINDEX'));
}
