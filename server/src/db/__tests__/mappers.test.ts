import { describe, expect, test } from 'vitest';
import { getPlanState, getPlanStep, getPlanSteps } from '../mappers.ts';
import { archivePlan } from '../plan-db.ts';
import { run } from '../query-helpers.ts';
import { updateStep } from '../step-db.ts';
import { aPlan, withTestDatabase } from './fixtures.ts';
import { aWorld } from './world.ts';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const PLAIN = {
  type: 'standard',
  notes: null,
  assignee: null,
  blocked_reason: null,
  requires_confirmation: false,
  requires_user_confirmation: false,
  requires_validation: false,
  requires_evidence: false,
  evidence: null,
  paths: [],
  depends_on: [],
  claim: null,
  completed_at: null,
  completed_by_agent: null,
  legacy_index: null,
  meta: null,
  created_at: TIME,
  updated_at: TIME,
};

describe('getPlanState', () => {
  test('puts the whole plan together: every field of it, its phases, steps, notes, sessions and lineage', () =>
    withTestDatabase(() => {
      const { workspace, plan, program, first, second, done, active, waiting, last, open, closed, outside } = aWorld();
      expect(getPlanState(plan.id)).toEqual({
        id: plan.id,
        workspace_id: workspace.id,
        program_id: program.id,
        program_order: 1,
        title: plan.title,
        description: 'Text',
        category: 'feature',
        priority: 'medium',
        status: 'active',
        archived: false,
        execution: 'phased',
        requires_evidence: true,
        goals: ['g'],
        success_criteria: ['s'],
        current_phase: 'Phase 1',
        current_agent: 'Executor',
        recommended_next_agent: 'Reviewer',
        categorization: { category: 'feature' },
        deployment_context: { host: 'h' },
        paused_at_snapshot: { reason: 'r' },
        confirmation_state: {
          phases: { 'Phase 2': { confirmed: true, confirmed_by: 'user', confirmed_at: '2026-01-01T00:00:00.000Z' } },
          steps: { '0': { confirmed: true, confirmed_by: 'user', confirmed_at: '2026-01-02T00:00:00.000Z' } },
        },
        // An edge that only informs is nothing to wait for.
        depends_on: [],
        phases: [
          {
            id: first.id,
            name: 'Phase 1',
            sequence: 1,
            description: null,
            success_criteria: [],
            approval_required: false,
            depends_on: [],
            meta: null,
          },
          {
            id: second.id,
            name: 'Phase 2',
            sequence: 2,
            description: 'Text',
            success_criteria: ['s'],
            approval_required: true,
            depends_on: [first.id],
            meta: { a: 1 },
          },
        ],
        steps: [
          {
            ...PLAIN,
            id: done.id,
            index: 0,
            phase_id: first.id,
            phase: 'Phase 1',
            task: done.task,
            status: 'done',
            evidence: { command: 'make' },
            completed_at: TIME,
            completed_by_agent: 'Executor',
          },
          {
            ...PLAIN,
            id: active.id,
            index: 1,
            phase_id: first.id,
            phase: 'Phase 1',
            task: active.task,
            status: 'active',
            claim: {
              session_id: open.id,
              agent_type: 'Executor',
              claimed_at: TIME,
              lease_expires_at: TIME,
              claim_number: 1,
            },
          },
          {
            ...PLAIN,
            id: waiting.id,
            index: 2,
            phase_id: first.id,
            phase: 'Phase 1',
            task: waiting.task,
            status: 'pending',
          },
          {
            ...PLAIN,
            id: last.id,
            index: 3,
            phase_id: second.id,
            phase: 'Phase 2',
            task: last.task,
            type: 'test',
            status: 'blocked',
            notes: 'n',
            assignee: 'Tester',
            blocked_reason: 'no database',
            requires_confirmation: true,
            requires_user_confirmation: true,
            requires_validation: true,
            requires_evidence: true,
            paths: ['src/**'],
            depends_on: [done.id],
            legacy_index: 7,
            meta: { a: 1 },
          },
        ],
        notes: [{ id: expect.any(String), note: 'Mind the step', type: 'warning', added_by: 'user', added_at: TIME }],
        agent_sessions: [
          {
            session_id: closed.id,
            agent_type: 'Researcher',
            started_at: TIME,
            last_seen_at: TIME,
            completed_at: TIME,
            summary: 'Read it all',
            artifacts: ['a.md'],
            context: { c: 1 },
            stats: { calls: 3 },
            is_orphaned: false,
          },
          {
            session_id: open.id,
            agent_type: 'Executor',
            started_at: TIME,
            last_seen_at: TIME,
            completed_at: null,
            summary: null,
            artifacts: [],
            context: null,
            stats: null,
            is_orphaned: false,
          },
        ],
        lineage: [
          {
            id: expect.any(String),
            timestamp: TIME,
            from_agent: 'Researcher',
            to_agent: 'Executor',
            reason: 'ready',
            data: { d: 1 },
          },
        ],
        meta: { a: 1 },
        completed_at: null,
        created_at: TIME,
        updated_at: TIME,
      });
      // The edge that the fixture has from the plan to another one only informs; made to block, it is a prerequisite.
      run("UPDATE dependencies SET dependency_type = 'blocks' WHERE source_id = ?", [plan.id]);
      expect(getPlanState(plan.id)?.depends_on).toEqual([outside.id]);
    }));

  test('an archived plan is the same but for being archived', () =>
    withTestDatabase(() => {
      const { plan } = aWorld();
      const live = getPlanState(plan.id);
      const steps = getPlanSteps(plan.id);
      archivePlan(plan.id);
      expect(getPlanState(plan.id)).toEqual({ ...live, archived: true });
      expect(getPlanSteps(plan.id)).toEqual(steps);
    }));

  test('the current phase is the first that is not done, and none when all are', () =>
    withTestDatabase(() => {
      const current = (id: string) => getPlanState(id)?.current_phase;
      const { plan, phases } = aPlan({ phases: 3 });
      run('UPDATE steps SET status = ? WHERE phase_id IN (?, ?)', ['done', phases[0]?.id ?? '', phases[2]?.id ?? '']);
      expect(current(plan.id)).toBe('Phase 2');
      run("UPDATE steps SET status = 'done'");
      expect(current(plan.id)).toBeNull();
      run('UPDATE phases SET approval_required = 1 WHERE id = ?', [phases[2]?.id ?? '']);
      expect(current(plan.id)).toBe('Phase 3');
      expect(current(aPlan({ phases: 1, stepsEach: 0 }).plan.id)).toBeNull();
    }));

  test('a plan that does not exist is null', () =>
    withTestDatabase(() => {
      expect(getPlanState('plan_none')).toBeNull();
      expect(getPlanSteps('plan_none')).toEqual([]);
    }));
});

describe('getPlanSteps, getPlanStep', () => {
  test('say of each step what the plan says of it, live and archived', () =>
    withTestDatabase(() => {
      const { plan } = aWorld();
      for (const move of [() => undefined, () => archivePlan(plan.id)]) {
        move();
        const steps = getPlanState(plan.id)?.steps ?? [];
        expect(steps).toHaveLength(4);
        expect(getPlanSteps(plan.id)).toEqual(steps);
        expect(steps.map(({ id }) => getPlanStep(id))).toEqual(steps);
      }
      expect(getPlanStep('step_none')).toBeNull();
    }));

  test('a claim is told of an active step that an agent holds without a session, and of no other step', () =>
    withTestDatabase(() => {
      const { plan, steps } = aPlan({ stepsEach: 3 });
      const [held, nobody] = steps.map(({ id }) => id) as [string, string, string];
      updateStep(held, { status: 'active' }, { agentType: 'Executor' });
      updateStep(nobody, { status: 'active' });
      expect(getPlanSteps(plan.id).map(({ claim }) => claim)).toEqual([
        { session_id: null, agent_type: 'Executor', claimed_at: TIME, lease_expires_at: TIME, claim_number: 1 },
        null,
        null,
      ]);
    }));
});
