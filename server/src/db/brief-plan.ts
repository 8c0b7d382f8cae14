/** A plan with of its steps only what a list of them shows: reading a whole step takes twice as long. */
import type { BriefPlan, BriefStep } from '../domain/plan-state.ts';
import { getLineage } from './lineage-db.ts';
import { currentPhase, toPlanState } from './mappers.ts';
import { getPhases } from './phase-db.ts';
import { findPlanById } from './plan-db.ts';
import { getPlanNotes } from './plan-note-db.ts';
import { queryAll, snapshot } from './query-helpers.ts';
import { getSessions } from './session-db.ts';
import type { StepRow } from './types.ts';

/** The plan, live or archived, from one state of the database; null when there is none. */
export function getBriefPlan(planId: string): BriefPlan | null {
  return snapshot(() => {
    const found = findPlanById(planId);
    if (found === null) return null;
    const phases = getPhases(planId);
    const steps = stepsOf(planId, found.archived ? '_archive' : '');
    const plan = toPlanState(found.plan, {
      archived: found.archived,
      phases,
      steps: [],
      notes: getPlanNotes(planId),
      sessions: getSessions(planId),
      lineage: getLineage(planId),
      prerequisites: new Map(),
    });
    return { ...plan, current_phase: currentPhase(phases, steps)?.name ?? null, steps };
  });
}

type BriefRow = Pick<StepRow, 'id' | 'phase_id' | 'status' | 'task' | 'claimed_agent'>;

function stepsOf(planId: string, suffix: '' | '_archive'): BriefStep[] {
  return queryAll<BriefRow>(
    `SELECT s.id, s.phase_id, s.status, s.task, s.claimed_agent FROM phases${suffix} p JOIN steps${suffix} s ON s.phase_id = p.id
     WHERE p.plan_id = ? ORDER BY p.order_index, s.order_index`,
    [planId],
  ).map(({ claimed_agent, ...step }) => ({
    ...step,
    claim: step.status === 'active' && claimed_agent !== null ? { agent_type: claimed_agent } : null,
  }));
}
