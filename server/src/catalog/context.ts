/** memory_context: facts on workspaces, plans, phases and steps, and research documents. */
import * as z from 'zod';
import {
  appendResearch,
  type ContextRow,
  type ContextVersionRow,
  countContextTypes,
  getContext,
  getContextVersions,
  getResearch,
  storeContext,
  summariseResearch,
} from '../db/index.ts';
import { MemoryError } from '../domain/errors.ts';
import { fromJson, type JsonObject } from '../domain/stored-values.ts';
import type { Call } from './call.ts';
import { knowledgeActions } from './context-knowledge.ts';
import { action, tool } from './define.ts';
import { requireLivePlan, requireParent, requirePlan, requireWorkspace } from './lookup.ts';
import { pieceOf, renderPiece, sliceOf } from './page.ts';
import { id, json, longText, PAGE, PIECE, parentType, singleLine, source, W, word } from './params.ts';
import { search } from './search.ts';
import { count, oneLine, quoted } from './text.ts';

const key = singleLine(200);

const store = action({
  summary: 'Add a context item; with a key, replace the item of that type and key and keep its former versions.',
  effect: 'write',
  core: true,
  params: {
    parent_type: parentType,
    parent_id: id,
    type: word,
    data: json,
    key: key.optional(),
    source: source.optional(),
  },
  example: {
    parent_type: 'step',
    parent_id: 'step_0123456789ab',
    type: 'decision',
    data: { text: 'Use the old client' },
  },
  run: ({ parent_type, parent_id, type, data, key, source }, call) => {
    requireParent(call, parent_type, parent_id);
    const { session } = call;
    const author = { source, sessionId: session?.id, agentType: session?.agent_type };
    return toItem(storeContext(parent_type, parent_id, type, data, { key, ...author }));
  },
  render: (item) =>
    `Stored: ${item.id} ${quoted(item.type, 100)}${item.key === null ? '' : ` ${quoted(item.key, 100)} version ${item.version}`} on ${item.parent_type} ${item.parent_id}`,
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

const filename = z
  .string()
  .trim()
  .min(1)
  .max(300)
  .refine((name) => !name.split(/[\\/]/).includes('..'), 'must not contain ".."');

const appendDocument = action({
  summary: 'Add text to the end of a research document of a plan or workspace; a new one is created.',
  effect: 'write',
  core: true,
  params: { plan_id: id.optional(), ...W, filename, content: longText.min(1) },
  example: {
    plan_id: 'plan_0123456789ab',
    filename: 'login.md',
    content: '## Finding\nThe cookie is never set.',
  },
  run: ({ plan_id, workspace_id, workspace_path, filename, content }, call) => {
    const place = requirePlace(call, { plan_id, workspace_id, workspace_path });
    if (plan_id !== undefined) requireLivePlan(call, plan_id);
    const document = appendResearch(place.planId, place.workspaceId, filename, content);
    return { id: document.id, filename: document.filename, length: document.content.length };
  },
  render: ({ id, filename, length }) => `Appended: ${quoted(filename, 100)} (${id}) has ${length} characters now`,
});

const getDocument = action({
  summary: 'A research document; long text comes in pieces.',
  effect: 'read',
  core: true,
  params: { plan_id: id.optional(), ...W, filename, ...PIECE },
  example: { plan_id: 'plan_0123456789ab', filename: 'login.md' },
  run: ({ plan_id, workspace_id, workspace_path, filename, cursor }, call) => {
    const place = requirePlace(call, { plan_id, workspace_id, workspace_path });
    const content = getResearch(place.planId, filename, place.workspaceId);
    if (content !== null) return pieceOf(content, { cursor });
    const known = summariseResearch(place.planId, place.workspaceId).map((document) => document.filename);
    throw new MemoryError('not_found', `There is no research document ${quoted(filename)} here.`, {
      hint:
        known.length === 0
          ? 'There are none yet.'
          : `There are: ${known
              .slice(0, 10)
              .map((name) => quoted(name))
              .join(', ')}.`,
    });
  },
  render: renderPiece,
});

interface PlaceParams {
  plan_id?: string | undefined;
  workspace_id?: string | undefined;
  workspace_path?: string | undefined;
}

/** Documents hang on a plan, or on the workspace itself. */
function requirePlace(
  call: Call,
  { plan_id, ...workspace }: PlaceParams,
): { planId: string | null; workspaceId: string } {
  if (plan_id === undefined) return { planId: null, workspaceId: requireWorkspace(call, workspace).id };
  return { planId: plan_id, workspaceId: requirePlan(call, plan_id).workspace_id };
}

export const contextTool = tool({
  name: 'memory_context',
  summary: 'Context: what was decided, found out and tried, and research documents.',
  kind: 'write',
  actions: {
    store,
    get,
    list_types: listTypes,
    search,
    append_research: appendDocument,
    get_research: getDocument,
    ...knowledgeActions,
  },
});
