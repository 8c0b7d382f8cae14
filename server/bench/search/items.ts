/** What a corpus consists of, and how it comes into a database: through the functions that the tools use. */
import {
  addPlanNote,
  appendResearch,
  createPhase,
  createPlan,
  createStep,
  createWorkspace,
  getPhases,
  storeAgent,
  storeContext,
  storeInstruction,
  storeKnowledge,
  storeSkill,
  transaction,
} from '../../src/db/index.ts';
import { withClock } from '../../src/domain/clock.ts';

export interface Item {
  /** What the questions call it. */
  id: string;
  kind: 'plan' | 'step' | 'note' | 'context' | 'research' | 'knowledge' | 'instruction' | 'skill' | 'agent';
  title: string;
  body: string;
  date: string;
  /** The id of its plan; context and research without one belong to the workspace. */
  plan?: string | undefined;
  phase?: string | undefined;
  type?: string | undefined;
  /** The data of a context item, where it is not just title and body. */
  data?: unknown;
  tags?: readonly string[] | undefined;
  description?: string | undefined;
  applies_to?: string | undefined;
}

/** Stores the items, plans before what hangs on them. Answers the id of each row → the id of its item. */
export function loadItems(items: readonly Item[]): Map<string, string> {
  const names = new Map<string, string>();
  const plans = new Map<string, string>();
  transaction(() => {
    const workspace = createWorkspace({ path: '/bench/corpus' }).id;
    for (const item of items) {
      const at = Date.parse(item.date);
      const plan = item.plan === undefined ? undefined : plans.get(item.plan);
      const rowId = withClock(
        () => at,
        () => store(item, workspace, plan),
      );
      names.set(rowId, item.id);
      if (item.kind === 'plan') plans.set(item.id, rowId);
    }
  });
  return names;
}

function store(item: Item, workspace: string, plan: string | undefined): string {
  const { kind, title, body, type } = item;
  switch (kind) {
    case 'plan':
      return createPlan({ workspace_id: workspace, title, description: body, category: 'quick_task' }).id;
    case 'step':
      return createStep(phaseOf(String(plan), item.phase ?? 'Work'), { task: title, notes: body }).id;
    case 'note':
      return addPlanNote(String(plan), { note: body }).id;
    case 'context':
      return plan === undefined
        ? storeContext('workspace', workspace, type ?? 'fact', item.data ?? { title, text: body }).id
        : storeContext('plan', plan, type ?? 'fact', item.data ?? { title, text: body }).id;
    case 'research':
      return appendResearch(plan ?? null, workspace, title, body).id;
    case 'knowledge':
      return storeKnowledge(workspace, slugOf(item.id), title, { text: body }, { category: type, tags: item.tags }).id;
    case 'instruction':
      return storeInstruction(title, item.applies_to ?? '**/*', body).id;
    case 'skill':
      return storeSkill(title, type ?? 'general', item.tags ?? [], [], [], body, { description: item.description }).id;
    case 'agent':
      return storeAgent(title, body).id;
  }
}

function phaseOf(planId: string, name: string): string {
  const known = getPhases(planId).find((phase) => phase.name === name);
  return (known ?? createPhase(planId, { name })).id;
}

function slugOf(id: string): string {
  return id
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/\.\w+$/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 90);
}
