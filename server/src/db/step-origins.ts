/** From which steps a consolidated one was made, as the history says. */
import { getOperationHistory, getRowHistory } from './history-db.ts';
import type { HistoryRow } from './types.ts';

/** The steps that were consolidated into this one. */
export function madeInto(stepId: string): string[] {
  const made = consolidations(stepId).filter(({ before }) => before === null);
  return made.flatMap(({ operation_id }) => stepsOf(operation_id, ({ after }) => after === null));
}

/** The steps into which this one was consolidated. */
export function madeFrom(stepId: string): string[] {
  const gone = consolidations(stepId).filter(({ after }) => after === null);
  return gone.flatMap(({ operation_id }) => stepsOf(operation_id, ({ before }) => before === null));
}

function consolidations(stepId: string): HistoryRow[] {
  return getRowHistory(stepId).filter(({ action }) => action === 'consolidate');
}

function stepsOf(operationId: string, which: (change: HistoryRow) => boolean): string[] {
  const steps = getOperationHistory(operationId).filter(({ table_name }) => table_name === 'steps');
  return steps.filter(which).map(({ row_id }) => row_id);
}
