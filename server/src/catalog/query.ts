/** memory_query: reads only, for clients that approve reads by themselves. */
import * as z from 'zod';
import {
  conflictReason,
  ENTITY_KINDS,
  getPathConflicts,
  getPlansByWorkspace,
  getReadySteps,
  getStatus,
  getToolActions,
  getToolHelp,
  getTools,
  listEntities,
  type PlanRow,
  whyNothingReady,
} from '../db/index.ts';
import { VERSION } from '../domain/version.ts';
import { briefingOf, DEFAULT_TOKENS, loadTokenizer, maxTokens } from './briefing.ts';
import { actorOf } from './call.ts';
import { action, tool } from './define.ts';
import { noneCalled, requireEntity, requirePlan, requirePlanState, requireWorkspace, titleOf } from './lookup.ts';
import { nearest } from './nearest.ts';
import { pageBounds, pageOf } from './page.ts';
import { id, PAGE, W, word } from './params.ts';
import { historyActions } from './query-history.ts';
import { search } from './search.ts';
import { count, oneLine, quoted, row } from './text.ts';

const get = action({
  summary: 'Anything by its id, live or archived.',
  effect: 'read',
  core: true,
  params: { id },
  example: { id: 'step_0123456789ab' },
  run: (params) => requireEntity(params.id),
  render: ({ kind, archived, row: fields }) =>
    withinLimit(`${kind} ${fields['id']}${archived ? ' (archived)' : ''}`, Object.entries(fields)),
});

const UNSHOWN = ['seq', 'id', 'path_key', 'name_key'];
/** The reply stays below. */
const GET_LIMIT = 1_000;
/** Long values are cut at the first of these at which all fields fit. */
const CUTS = [900, 600, 400, 240, 120, 60, 30];
const MORE = 'more: the same call with detail "full"';

/** A line for each field that has a value; where they do not fit at any cut, the first ones. */
function withinLimit(first: string, fields: [string, string | number | null][]): string {
  const lines = (cut: number) =>
    fields.flatMap(([name, value]) =>
      value === null || UNSHOWN.includes(name) ? [] : [`${name}: ${shown(value, cut)}`],
    );
  const whole = [first, ...lines(Number.MAX_SAFE_INTEGER)].join('\n');
  if (whole.length < GET_LIMIT) return whole;
  for (const cut of CUTS) {
    const text = [first, ...lines(cut), MORE].join('\n');
    if (text.length < GET_LIMIT) return text;
  }
  let text = first;
  for (const line of lines(CUTS.at(-1) ?? 0)) {
    if (text.length + line.length + MORE.length + 2 < GET_LIMIT) text += `\n${line}`;
  }
  return `${text}\n${MORE}`;
}

/** Ids, words and numbers as they are; longer text quoted, and cut. `detail: full` shows all. */
function shown(value: string | number, cut: number): string {
  return typeof value === 'number' || /^[\w.:-]{1,100}$/.test(value) ? String(value) : quoted(value, cut);
}

const listRows = action({
  summary: 'Live rows of any kind, in the order they were made.',
  effect: 'read',
  params: {
    kind: z.enum(ENTITY_KINDS),
    ...W,
    plan_id: id.optional(),
    status: word.optional(),
    parent_id: id.optional(),
    ...PAGE,
  },
  example: { kind: 'session', plan_id: 'plan_0123456789ab' },
  run: ({ kind, workspace_id, workspace_path, limit, cursor, ...filter }, call) => {
    const named = workspace_id !== undefined || workspace_path !== undefined;
    const workspace = named ? requireWorkspace(call, { workspace_id, workspace_path }).id : undefined;
    if (filter.plan_id !== undefined) requirePlan(call, filter.plan_id);
    const bounds = pageBounds({ limit, cursor });
    const rows = listEntities(kind, {
      ...filter,
      workspace_id: workspace,
      limit: bounds.limit + 1,
      from: bounds.offset,
    });
    return { kind, ...pageOf(rows, { limit, cursor }, ({ seq }) => Number(seq)) };
  },
  render: ({ kind, items, cursor }) => ({
    heading: count(items.length, kind),
    columns: ['id', 'title', 'status'],
    rows: items.map((item) => [item['id'], titleOf(item, 120), item['status']]),
    cursor,
  }),
});

const PLANS_LOOKED_AT = 20;

const ready = action({
  summary: 'Steps that could be claimed now, in order, and what the others wait for.',
  effect: 'read',
  core: true,
  params: { ...W, plan_id: id.optional(), agent_type: word.optional() },
  example: { plan_id: 'plan_0123456789ab' },
  run: ({ plan_id, workspace_id, workspace_path, agent_type }, call) => {
    const plans: Pick<PlanRow, 'id' | 'title'>[] =
      plan_id === undefined
        ? getPlansByWorkspace(requireWorkspace(call, { workspace_id, workspace_path }).id, {
            status: 'active',
            limit: PLANS_LOOKED_AT,
          })
        : [requirePlan(call, plan_id)];
    const by = actorOf(call);
    return plans.map(({ id, title }) => {
      const steps = getReadySteps(id, { agentType: agent_type, by });
      const none = steps.length === 0 ? whyNothingReady(id, by) : null;
      return {
        plan_id: id,
        title,
        steps: steps.map((step) => ({ id: step.id, task: step.task, assignee: step.assignee })),
        // With nothing ready they are among the reasons.
        kept_back: none === null ? getPathConflicts(id, by).map(conflictReason) : [],
        none,
      };
    });
  },
  render: (plans) =>
    plans.length === 0
      ? 'No active plan here.'
      : plans
          .flatMap(({ plan_id, title, steps, kept_back, none }) => [
            `Plan ${plan_id} ${quoted(title, 100)}: ${none === null ? readyCount(steps.length) : [none.state, ...none.reasons.slice(0, 5)].join('; ')}`,
            ...steps.slice(0, 20).map((step) => `  ${row(step.id, quoted(step.task, 120), step.assignee)}`),
            ...kept_back.slice(0, 5).map((reason) => `  kept back: ${reason}`),
          ])
          .join('\n'),
});

/** The list stops at a hundred. */
function readyCount(n: number): string {
  return n < 100 ? count(n, 'ready step') : 'a hundred ready steps or more';
}

const briefing = action({
  summary: 'What an agent needs to start or resume, within max_tokens (1500), best first; names what was left out.',
  effect: 'read',
  core: true,
  params: { plan_id: id, step_id: id.optional(), max_tokens: maxTokens },
  example: { plan_id: 'plan_0123456789ab' },
  load: loadTokenizer,
  run: ({ plan_id, step_id, max_tokens = DEFAULT_TOKENS }, call, count) =>
    briefingOf(requirePlanState(call, plan_id), count, {
      stepId: step_id,
      by: actorOf(call),
      maxTokens: max_tokens,
    }),
  render: ({ text }) => text,
});

const help = action({
  summary: 'What the tools can do: all tools, one tool, or one action with an example.',
  effect: 'read',
  core: true,
  params: {
    tool: word.optional().describe('memory_plan'),
    name: word.optional().describe('an action'),
  },
  example: { tool: 'memory_steps', name: 'next' },
  run: ({ tool, name }) => {
    if (tool === undefined && name !== undefined) return helpByName(name);
    if (tool === undefined) {
      const lines = getTools().map((known) => `${known.name}: ${known.description}`);
      return {
        text: [...lines, 'For one of them: help with tool; for one action: with tool and name.'].join('\n'),
      };
    }
    const help = getToolHelp(tool, name);
    if (help === null) {
      throw noneCalled(
        name === undefined ? 'tool' : `action of ${tool}`,
        name ?? tool,
        nameHint(name ?? tool, name === undefined ? getTools().map((known) => known.name) : actionNames(tool)),
      );
    }
    return help;
  },
  render: ({ text }) => text,
});

function actionNames(tool: string): string[] {
  return getToolActions(tool).map(({ name }) => name);
}

/** The action of this name, in whichever tools it is. */
function helpByName(name: string) {
  const found = ownersOf(name).flatMap((tool) => getToolHelp(tool, name) ?? []);
  if (found.length > 0) return { text: found.map(({ text }) => text).join('\n\n') };
  const all = getTools().flatMap((tool) => actionNames(tool.name));
  throw noneCalled('action', name, nameHint(name, all));
}

function ownersOf(action: string): string[] {
  return getTools().flatMap(({ name }) => (actionNames(name).includes(action) ? name : []));
}

function nameHint(name: string, known: readonly string[]): string {
  const owners = ownersOf(name);
  const near = owners.length > 0 ? undefined : nearest(name, known);
  return [
    ...(owners.length === 0 ? [] : [`It is an action of ${owners.join(' and ')}.`]),
    ...(near === undefined ? [] : [`Did you mean "${near}"?`]),
    'help without parameters lists the tools, with a tool its actions.',
  ].join(' ');
}

const status = action({
  summary: 'Version, schema, database, integrity, counts, open sessions, stale claims, search index.',
  effect: 'read',
  params: {},
  example: {},
  run: () => ({ version: VERSION, ...getStatus() }),
  render: (status) =>
    [
      `Project Memory ${status.version}, schema ${status.schema_version}, database ${status.path} (${status.size_bytes} bytes, integrity ${oneLine(status.integrity, 100)})`,
      Object.entries(status.counts)
        .map(([table, n]) => `${table} ${n}`)
        .join(', '),
      `open sessions ${status.open_sessions}, claims past their lease ${status.stale_claims}`,
      status.search_index_faults.length === 0
        ? 'search index ok'
        : `search index stale: ${status.search_index_faults.join('; ')}; project-memory doctor --fix makes it anew`,
    ].join('\n'),
});

export const queryTool = tool({
  name: 'memory_query',
  summary: 'Look things up; changes nothing.',
  kind: 'read',
  actions: { get, list: listRows, search, ready, briefing, ...historyActions, help, status },
});
