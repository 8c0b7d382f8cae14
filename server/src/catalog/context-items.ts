/** memory_context: typed facts that hang on a workspace, plan, phase or step. */
import * as z from 'zod';
import {
  type ContextRow,
  type ContextVersionRow,
  countContextTypes,
  deleteContext,
  getContext,
  getContextItem,
  getContextVersions,
  storeContext,
} from '../db/index.ts';
import { fromJson, type JsonObject } from '../domain/stored-values.ts';
import type { Call } from './call.ts';
import { action } from './define.ts';
import { requireLivePlan, requireParent, unknownId } from './lookup.ts';
import { sliceOf } from './page.ts';
import { id, json, lines, PAGE, parentType, path, singleLine, source, text, word } from './params.ts';
import { count, oneLine, quoted, some } from './text.ts';

const key = singleLine(200);

const ITEM = {
  parent_type: parentType,
  parent_id: id,
  type: word,
  data: json,
  key: key.optional(),
  source: source.optional(),
};

const newItem = z.strictObject(ITEM);

const store = action({
  summary: 'Add a context item; with a key, replace the item of that type and key and keep its former versions.',
  effect: 'write',
  core: true,
  params: ITEM,
  example: {
    parent_type: 'step',
    parent_id: 'step_0123456789ab',
    type: 'decision',
    data: { text: 'Use the old client' },
  },
  run: (item, call) => storeItem(item, call),
  render: (item) =>
    `Stored: ${item.id} ${quoted(item.type, 100)}${item.key === null ? '' : ` ${quoted(item.key, 100)} version ${item.version}`} on ${item.parent_type} ${item.parent_id}`,
});

/** As the caller's, under the agent type and session it writes as. */
function storeItem({ parent_type, parent_id, type, data, key, source }: z.output<typeof newItem>, call: Call) {
  requireParent(call, parent_type, parent_id);
  const { session } = call;
  const author = { source, sessionId: session?.id, agentType: session?.agent_type };
  return toItem(storeContext(parent_type, parent_id, type, data, { key, ...author }));
}

const batchStore = action({
  summary: 'Several context items as in store, all or nothing.',
  effect: 'write',
  params: { items: z.array(newItem).min(1).max(200).describe('as in store') },
  example: {
    items: [{ parent_type: 'plan', parent_id: 'plan_0123456789ab', type: 'finding', data: 'The cookie is never set' }],
  },
  run: ({ items }, call) => items.map((item) => storeItem(item, call)),
  render: (items) =>
    `Stored ${count(items.length, 'item')}: ${some(
      items.map((item) => item.id),
      12,
    )}`,
});

function toItem(row: ContextRow) {
  return { ...row, data: fromJson<JsonObject>(row.data) };
}

function toVersion(row: ContextVersionRow) {
  return { ...row, data: fromJson<JsonObject>(row.data) };
}

const get = action({
  summary: 'The context items of a parent, newest first.',
  effect: 'read',
  core: true,
  params: {
    parent_type: parentType,
    parent_id: id,
    type: word.optional(),
    key: key.optional(),
    versions: z.boolean().optional(),
    ...PAGE,
  },
  example: { parent_type: 'plan', parent_id: 'plan_0123456789ab', type: 'decision' },
  run: ({ parent_type, parent_id, type, key, versions, ...page }, call) => {
    requireParent(call, parent_type, parent_id);
    const found = sliceOf(getContext(parent_type, parent_id, type, key), page);
    const items = found.items.map((item) => ({
      ...toItem(item),
      ...(versions ? { versions: getContextVersions(item.id).map(toVersion) } : {}),
    }));
    return { ...found, items };
  },
  render: ({ items, cursor }) => ({
    heading: count(items.length, 'item'),
    columns: ['id', 'type', 'key', 'from', 'when', 'data'],
    rows: items.flatMap((item) => [
      [
        item.id,
        quoted(item.type, 100),
        item.key,
        item.agent_type ?? item.source,
        item.updated_at,
        shortJson(item.data),
      ],
      ...(item.versions ?? []).map(
        (former) => `  version ${former.version} until ${former.created_at}: ${shortJson(former.data)}`,
      ),
    ]),
    cursor,
  }),
});

/** JSON on one line; `detail: full` shows all of it. */
function shortJson(data: unknown): string {
  return oneLine(JSON.stringify(data), 1_000);
}

const listTypes = action({
  summary: 'The types of context on a parent, with counts and dates.',
  effect: 'read',
  params: { parent_type: parentType, parent_id: id },
  example: { parent_type: 'plan', parent_id: 'plan_0123456789ab' },
  run: ({ parent_type, parent_id }, call) => {
    requireParent(call, parent_type, parent_id);
    return countContextTypes(parent_type, parent_id);
  },
  render: (types) => ({
    heading: count(types.length, 'type'),
    columns: ['type', 'items', 'first', 'last'],
    rows: types.map(({ type, count: items, first_at, last_at }) => [quoted(type, 100), items, first_at, last_at]),
  }),
});

const remove = action({
  summary: 'Delete a context item with its former versions.',
  effect: 'write',
  params: { context_id: id },
  example: { context_id: 'ctx_0123456789ab' },
  run: ({ context_id }, call) => {
    const item = getContextItem(context_id);
    if (item === null) throw unknownId('context', context_id);
    if (item.plan_id === null) requireParent(call, item.parent_type, item.parent_id);
    else requireLivePlan(call, item.plan_id);
    deleteContext(context_id);
    return { context_id, type: item.type };
  },
  render: ({ context_id, type }) => `Deleted: ${context_id} ${quoted(type, 100)}`,
});

const storeRequest = action({
  summary: "The user's own words, and what they ask for, as context of type original_request.",
  effect: 'write',
  params: {
    plan_id: id,
    user_request: text,
    files_mentioned: z.array(path).max(200).optional(),
    requirements: lines.optional(),
    constraints: lines.optional(),
    examples: lines.optional(),
  },
  example: { plan_id: 'plan_0123456789ab', user_request: 'Login must work on phones', constraints: ['No new library'] },
  run: ({ plan_id, ...data }, call) =>
    storeItem({ parent_type: 'plan', parent_id: plan_id, type: 'original_request', data, source: 'user' }, call),
  render: (item) => `Stored: the request as ${item.id} on plan ${item.parent_id}`,
});

export const itemActions = {
  store,
  batch_store: batchStore,
  get,
  list_types: listTypes,
  delete: remove,
  store_request: storeRequest,
};
