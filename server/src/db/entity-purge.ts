/** Removing a row of any kind for good. */
import { MemoryError } from '../domain/errors.ts';
import { deleteContext } from './context-db.ts';
import { type Entity, type EntityKind, KINDS } from './entity-db.ts';
import { forgetOperation } from './history-db.ts';
import { deleteHandoff } from './lineage-db.ts';
import { requestScrub } from './maintenance-db.ts';
import { deletePhase } from './phase-db.ts';
import { deletePlan } from './plan-db.ts';
import { deleteProgram } from './program-db.ts';
import { transaction } from './query-helpers.ts';
import { deleteSession } from './session-db.ts';
import { deleteStep } from './step-db.ts';
import { deleteWorkspace } from './workspace-db.ts';
import { deleteRow } from './write-helpers.ts';

/** How a kind is deleted that has something hanging on it. */
const DELETES: Partial<Record<EntityKind, (id: string) => boolean>> = {
  workspace: deleteWorkspace,
  program: deleteProgram,
  plan: deletePlan,
  phase: deletePhase,
  step: deleteStep,
  session: deleteSession,
  context: deleteContext,
  lineage: deleteHandoff,
};

/** Deletes a row of any kind with all that belongs to it. Answers whether there was one. @throws conflict when archived */
function deleteEntity({ kind, archived, row }: Entity): boolean {
  const id = String(row['id']);
  if (archived && kind !== 'plan') {
    throw new MemoryError('conflict', `${id} belongs to an archived plan.`, {
      hint: 'Restore the plan first: memory_plan restore.',
    });
  }
  const deleteOne = DELETES[kind];
  return deleteOne === undefined ? deleteRow(KINDS[kind].table, id) : deleteOne(id);
}

/**
 * Removes a row for good: with all that belongs to it, its former versions, its place in the index, its history, and the
 * stored answers of the calls that wrote it. Answers how many rows went. What is purged cannot be undone. What it has left in
 * free places of the file is overwritten by `scrub`, which is asked for here, since that needs the file outside a transaction.
 */
export function purgeEntity(entity: Entity): number {
  return transaction(() => {
    if (!deleteEntity(entity)) throw new MemoryError('conflict', `${entity.row['id']} is gone already.`);
    const rows = forgetOperation();
    requestScrub();
    return rows;
  });
}
