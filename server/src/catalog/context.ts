/** memory_context: facts on workspaces, plans, phases and steps, and research documents. */
import * as z from 'zod';
import { appendResearch, dumpPlan, getResearch, summariseResearch } from '../db/index.ts';
import { MemoryError } from '../domain/errors.ts';
import { itemActions } from './context-items.ts';
import { knowledgeActions } from './context-knowledge.ts';
import { action, tool } from './define.ts';
import { requireLivePlan, requirePlan, requirePlanOrWorkspace } from './lookup.ts';
import { pieceOf, renderPiece, sliceOf } from './page.ts';
import { id, longText, PAGE, PIECE, W } from './params.ts';
import { search } from './search.ts';
import { count, quoted } from './text.ts';

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
    const place = requirePlanOrWorkspace(call, { plan_id, workspace_id, workspace_path });
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
    const place = requirePlanOrWorkspace(call, { plan_id, workspace_id, workspace_path });
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

const listDocuments = action({
  summary: 'The research documents of a plan or workspace.',
  effect: 'read',
  params: { plan_id: id.optional(), ...W, ...PAGE },
  example: { plan_id: 'plan_0123456789ab' },
  run: ({ plan_id, workspace_id, workspace_path, ...page }, call) => {
    const place = requirePlanOrWorkspace(call, { plan_id, workspace_id, workspace_path });
    return sliceOf(summariseResearch(place.planId, place.workspaceId), page);
  },
  render: ({ items, cursor }) => ({
    heading: count(items.length, 'document'),
    columns: ['id', 'characters', 'changed', 'file'],
    rows: items.map(({ id, filename, length, updated_at }) => [id, length, updated_at, quoted(filename, 200)]),
    cursor,
  }),
});

const dump = action({
  summary: 'Everything about a plan as one JSON document; long text comes in pieces.',
  effect: 'read',
  params: { plan_id: id, ...PIECE },
  example: { plan_id: 'plan_0123456789ab' },
  run: ({ plan_id, cursor }, call) =>
    pieceOf(JSON.stringify(dumpPlan(requirePlan(call, plan_id).id), null, 2), { cursor }),
  render: renderPiece,
});

export const contextTool = tool({
  name: 'memory_context',
  summary: 'Context: what was decided, found out and tried, and research documents.',
  kind: 'write',
  actions: {
    ...itemActions,
    search,
    append_research: appendDocument,
    get_research: getDocument,
    list_research: listDocuments,
    ...knowledgeActions,
    dump,
  },
});
