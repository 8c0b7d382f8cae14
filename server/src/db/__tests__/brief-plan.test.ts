import { expect, test } from 'vitest';
import { getBriefPlan } from '../brief-plan.ts';
import { addLineageEntry } from '../lineage-db.ts';
import { getPlanState } from '../mappers.ts';
import { archivePlan } from '../plan-db.ts';
import { addPlanNote } from '../plan-note-db.ts';
import { updateStep } from '../step-db.ts';
import { aPhase, aPlan, aSession, withTestDatabase } from './fixtures.ts';

test('a brief plan says what the whole plan says, but for what of the steps is not in a list', () =>
  withTestDatabase(() => {
    const { plan, steps } = aPlan({ stepsEach: 2 });
    aPhase({ plan_id: plan.id, approval_required: true });
    const session = aSession({ plan_id: plan.id, agent_type: 'Executor' });
    updateStep(String(steps[0]?.id), { status: 'done', notes: 'long' });
    updateStep(String(steps[1]?.id), { status: 'active' }, { sessionId: session.id, agentType: 'Executor' });
    addPlanNote(plan.id, { note: 'Mind the step' });
    addLineageEntry(plan.id, { from_agent: 'A', to_agent: 'B', reason: 'done' });
    for (const look of ['live', 'archived']) {
      if (look === 'archived') archivePlan(plan.id);
      const { steps: whole, ...state } = getPlanState(plan.id) ?? { steps: [] };
      const { steps: outlined, ...outline } = getBriefPlan(plan.id) ?? { steps: [] };
      expect(outline).toEqual(state);
      expect(outlined).toEqual(
        whole.map(({ id, phase_id, status, task, claim }) => ({
          id,
          phase_id,
          status,
          task,
          claim: claim === null ? null : { agent_type: claim.agent_type },
        })),
      );
    }
    expect(getBriefPlan('plan_none')).toBeNull();
  }));
