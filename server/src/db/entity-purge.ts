/** Removing a row of any kind for good. */
import { MemoryError } from '../domain/errors.ts';
import { findAlike } from './alike-rows.ts';
import { deleteContext } from './context-db.ts';
import { ENTITY_KINDS, type Entity, type EntityKind, findEntity, KINDS } from './entity-db.ts';
import { deletedBy, findDeletion, forgetRows, withAllOfThem } from './forgotten-rows.ts';
import { deleteHandoff } from './lineage-db.ts';
import { requestScrub } from './maintenance-db.ts';
import { currentOperation } from './operation.ts';
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

/** Deletes a row of any kind with all that belongs to it. @throws conflict when archived */
function deleteEntity({ kind, archived, row }: Entity): void {
  const id = String(row['id']);
  if (archived && kind !== 'plan') {
    throw new MemoryError('conflict', `${id} belongs to an archived plan.`, {
      hint: 'Restore the plan first: memory_plan restore.',
    });
  }
  const deleteOne = DELETES[kind] ?? ((one) => deleteRow(KINDS[kind].table, one));
  deleteOne(id);
}

export interface Purged {
  kind: string;
  /** How many rows went, those that were deleted before too. */
  rows: number;
  /** Rows, also deleted ones, that have a text of what went: a clone, or a step into which it was consolidated. */
  alike: string[];
}

/**
 * Removes a row for good, also one that was deleted before: with all that belongs or belonged to it, the steps from which
 * it was consolidated, its former versions, its place in the index, its history, and the stored answers of all calls. What
 * is purged cannot be undone. What it has left in free places of the file is overwritten by `scrub`, which is asked for
 * here, since that needs the file outside a transaction.
 * @throws not_found when nothing is known of it
 */
export function purge(id: string): Purged {
  return transaction(() => {
    const entity = findEntity(id);
    const deletion = findDeletion(id);
    if (entity === null && deletion === null) {
      throw new MemoryError('not_found', `No row, and no recorded deletion of one, has the id "${id}".`, {
        hint: 'memory_query search finds things by words.',
      });
    }
    if (entity !== null) deleteEntity(entity);
    const gone = withAllOfThem([id, ...deletedBy(currentOperation()?.id ?? '')]);
    const alike = findAlike(gone);
    forgetRows(gone);
    requestScrub();
    return { kind: entity?.kind ?? kindOf(deletion?.table_name ?? ''), rows: gone.size, alike };
  });
}

function kindOf(table: string): string {
  return ENTITY_KINDS.find((kind) => KINDS[kind].table === table || KINDS[kind].archive === table) ?? table;
}
