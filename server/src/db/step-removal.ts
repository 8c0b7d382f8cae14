/** Deleting steps: first what hangs on them, then the rows. */
import { deleteContextOf } from './context-db.ts';
import { removeEdgesOf } from './dependency-db.ts';
import { type Param, queryAll } from './query-helpers.ts';
import { deleteRow } from './write-helpers.ts';

/** Deletes the steps that `where` finds with their edges and context; the order of what is left is the caller's to mend. */
export function removeSteps(where: string, params: readonly Param[]): number {
  const steps = queryAll<{ id: string }>(`SELECT id FROM steps WHERE ${where}`, params);
  for (const { id } of steps) {
    removeEdgesOf('step', id);
    deleteContextOf('step', id);
    deleteRow('steps', id);
  }
  return steps.length;
}
