/** The calls that are measured, each beside the same work as bare prepared statements. */
import {
  batchUpdateSteps,
  type Database,
  getAllSteps,
  getNextPendingStep,
  getPlan,
  getPlansByWorkspace,
  markCurrentDoneAndGetNext,
  searchContext,
} from '../src/db/index.ts';
import { NEXT_READY } from '../src/db/step-queue.ts';
import { now } from '../src/domain/clock.ts';
import { bareFinishAndClaim } from './bare-finish-and-claim.ts';
import type { Loaded } from './load.ts';
import type { Case } from './measure.ts';

export function readCases(db: Database, { workspaceIds, planIds }: Loaded): Case[] {
  const bare = {
    plan: db.prepare('SELECT * FROM plans WHERE id = ?'),
    plans: db.prepare('SELECT * FROM plans WHERE workspace_id = ? AND status = ? ORDER BY seq DESC'),
    steps: db.prepare(`SELECT s.* FROM phases p JOIN steps s ON s.phase_id = p.id
      WHERE p.plan_id = ? ORDER BY p.order_index, s.order_index`),
    next: db.prepare(NEXT_READY),
    search: db.prepare(`SELECT * FROM context_items WHERE plan_id = ? AND lower(data) LIKE ?
      ORDER BY updated_at DESC, seq DESC LIMIT 50 OFFSET 0`),
  };
  const plan = (run: number) => pick(planIds, run);
  const workspace = (run: number) => pick(workspaceIds, run);
  return [
    { name: 'getPlan', runs: 20_000, ours: (run) => getPlan(plan(run)), bare: (run) => bare.plan.get(plan(run)) },
    {
      name: 'getPlansByWorkspace (active)',
      runs: 5_000,
      ours: (run) => getPlansByWorkspace(workspace(run), { status: 'active' }),
      bare: (run) => bare.plans.all(workspace(run), 'active'),
    },
    {
      name: 'getAllSteps (100)',
      runs: 3_000,
      ours: (run) => getAllSteps(plan(run)),
      bare: (run) => bare.steps.all(plan(run)),
    },
    {
      name: 'getNextPendingStep',
      runs: 20_000,
      ours: (run) => getNextPendingStep(plan(run)),
      bare: (run) => bare.next.get(plan(run), now()),
    },
    {
      name: 'searchContext in a plan',
      runs: 3_000,
      ours: (run) => searchContext({ text: 'Finding 3', plan_id: plan(run) }),
      bare: (run) => bare.search.all(plan(run), '%finding 3%'),
    },
  ];
}

/**
 * Where steps are finished, ours works on the first half of the plans and the bare statements on the other: a step is finished
 * once. Where they are assigned, both work on the same ones.
 */
export function writeCases(db: Database, { planIds }: Loaded): Case[] {
  const half = planIds.length / 2;
  const ourPlan = (run: number) => planIds[Math.floor(run / STEPS_USED) % half] ?? '';
  const barePlan = (run: number) => planIds[half + (Math.floor(run / STEPS_USED) % half)] ?? '';
  const finishAndClaim = db.transaction(bareFinishAndClaim(db)).immediate;
  const assignTwenty = bareAssignment(db);
  const twentySteps = planIds.map((planId) => firstSteps(planId, 20));
  return [
    {
      name: 'markCurrentDoneAndGetNext',
      runs: STEPS_USED * 40,
      ours: (run) => markCurrentDoneAndGetNext(ourPlan(run), 'Bench'),
      bare: (run) => finishAndClaim(barePlan(run), 'Bench'),
    },
    {
      name: 'batchUpdateSteps of 20',
      runs: 600,
      ours: (run) => batchUpdateSteps(pick(twentySteps, run).map((id) => ({ id, assignee: `agent ${run}` }))),
      bare: (run) => assignTwenty(pick(twentySteps, run), `bare ${run}`),
    },
  ];
}

/** Calls per plan: fewer than its 100 steps, so that no plan completes. */
const STEPS_USED = 80;

function firstSteps(planId: string, count: number): string[] {
  return getAllSteps(planId)
    .slice(0, count)
    .map(({ id }) => id);
}

/** Assigning twenty steps, and no history. */
function bareAssignment(db: Database) {
  const assign = db.prepare('UPDATE steps SET assignee = ?, updated_at = ? WHERE id = ?');
  return db.transaction((ids: readonly string[], agent: string) => {
    for (const id of ids) assign.run(agent, now(), id);
  }).immediate;
}

/** One after the other, far apart. */
function pick<T>(items: readonly T[], run: number): T {
  return items[(run * 7919) % items.length] as T;
}
