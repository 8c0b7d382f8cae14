/** memory_plan: putting plans away, and bringing them back. */
import { archivePlan, restorePlan, summarisePlans } from '../db/index.ts';
import { action } from './define.ts';
import { requirePlan } from './lookup.ts';
import { id } from './params.ts';
import { count, quoted } from './text.ts';

const archive = action({
  summary: 'Move the plan and all its children to the archive; reports unfinished steps.',
  effect: 'write',
  core: true,
  params: { plan_id: id },
  example: { plan_id: 'plan_0123456789ab' },
  run: ({ plan_id }, call) => {
    const plan = requirePlan(call, plan_id);
    archivePlan(plan_id);
    const summary = summarisePlans([plan_id]).get(plan_id);
    const steps = summary?.total ?? 0;
    return { id: plan_id, title: plan.title, steps, unfinished: steps - (summary?.done ?? 0) };
  },
  render: ({ id, title, steps, unfinished }) =>
    `Archived: plan ${id} ${quoted(title)} with ${count(steps, 'step')}${unfinished === 0 ? '' : `, ${unfinished} of them unfinished`}`,
});

const restore = action({
  summary: 'Bring an archived plan back as it was.',
  effect: 'write',
  params: { plan_id: id },
  example: { plan_id: 'plan_0123456789ab' },
  run: ({ plan_id }, call) => {
    const plan = requirePlan(call, plan_id);
    return { id: plan_id, title: plan.title, ...restorePlan(plan_id) };
  },
  render: ({ id, title, dropped }) =>
    `Restored: plan ${id} ${quoted(title)}${dropped.length === 0 ? '' : `; gone meanwhile: ${dropped.join(', ')}`}`,
});

export const archiveActions = { archive, restore };
