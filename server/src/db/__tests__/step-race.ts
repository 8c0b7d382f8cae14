/** Several processes work one plan off at the same time. */
import { expect } from 'vitest';
import type { Execution } from '../../domain/vocabulary.ts';
import { withDatabase } from '../connection.ts';
import { getPlan } from '../plan-db.ts';
import { queryAll, transaction } from '../query-helpers.ts';
import { runTogether } from './child-processes.ts';
import { aPlan, aSession, databaseFile, openFile, rowsOf, temporaryFolder } from './fixtures.ts';

const TAKE_STEPS = new URL('./processes/take-steps.ts', import.meta.url);

export interface Race {
  processes: number;
  phases: number;
  stepsEach: number;
  execution: Execution;
}

/** Runs the race and checks that every step was handed out once, finished once by who had it, and in the right order. */
export async function raceForSteps({ processes, ...shape }: Race): Promise<void> {
  const folder = temporaryFolder();
  const db = openFile(folder);
  const { plan, steps, sessions } = withDatabase(db, () =>
    transaction(() => {
      const made = aPlan(shape);
      const each = Array.from({ length: processes }, () => aSession({ plan_id: made.plan.id }).id);
      return { ...made, sessions: each };
    }),
  );
  const said = await runTogether(
    TAKE_STEPS,
    sessions.map((session) => [databaseFile(folder), plan.id, session]),
  );

  expect(said.filter((lines) => lines.length > 0).length, 'processes that took part').toBeGreaterThan(1);
  const ids = steps.map(({ id }) => id).sort();
  const told = (word: string) =>
    said.flatMap((lines) => lines.filter((line) => line.startsWith(word)).map((line) => line.split(' ')[1]));
  expect(told('took').sort()).toEqual(ids);
  expect(told('finished').sort()).toEqual(ids);
  withDatabase(db, () => {
    expect(getPlan(plan.id)?.status).toBe('completed');
    for (const step of rowsOf('steps')) {
      const by = sessions.indexOf(step.completed_by_session ?? '');
      expect(step).toMatchObject({ status: 'done', claim_number: 1, claimed_by_session: null });
      expect(said[by]).toContain(`took ${step.id}`);
    }
    if (shape.execution === 'phased') expectPhaseAfterPhase();
  });
}

/** In the order in which it happened, no step was claimed before all steps of the earlier phases were done. */
function expectPhaseAfterPhase(): void {
  const places = new Map(rowsOf('phases').map(({ id, order_index }) => [id, order_index]));
  const left = new Map<number, number>();
  const phaseOf = new Map(rowsOf('steps').map(({ id, phase_id }) => [id, places.get(phase_id) ?? -1]));
  for (const place of phaseOf.values()) left.set(place, (left.get(place) ?? 0) + 1);
  const changes = queryAll<{ row_id: string; status: string }>(
    `SELECT row_id, after ->> 'status' AS status FROM row_history
     WHERE table_name = 'steps' AND before ->> 'status' IS NOT NULL ORDER BY seq`,
  );
  expect(changes).toHaveLength(2 * phaseOf.size);
  for (const { row_id, status } of changes) {
    const place = phaseOf.get(row_id) ?? -1;
    if (status === 'done') left.set(place, (left.get(place) ?? 0) - 1);
    else for (let earlier = 0; earlier < place; earlier++) expect(left.get(earlier)).toBe(0);
  }
}
