/** Search: one definition, offered by memory_context and, for clients that approve reads only, by memory_query. */
import * as z from 'zod';
import { rankedSearch, SEARCH_KINDS } from '../db/index.ts';
import { action } from './define.ts';
import { requireParent, requireWorkspace } from './lookup.ts';
import { pageBounds, pageOf } from './page.ts';
import { id, PAGE, parentType, time, W, word } from './params.ts';
import { count, quoted } from './text.ts';

export const search = action({
  summary:
    'Find context, research, knowledge, notes, plans, steps, instructions, skills, agents and tool actions by words.',
  effect: 'read',
  core: true,
  params: {
    query: z.string().min(1).max(10_000),
    ...W,
    parent_type: parentType.optional(),
    parent_id: id.optional(),
    types: z.array(word).min(1).max(50).optional(),
    since: time.optional(),
    until: time.optional(),
    kinds: z.array(z.enum(SEARCH_KINDS)).min(1).max(SEARCH_KINDS.length).optional(),
    ...PAGE,
  },
  example: { query: 'login cookie' },
  run: ({ query, workspace_id, workspace_path, parent_type, parent_id, types, since, until, kinds, ...page }, call) => {
    const named = workspace_id !== undefined || workspace_path !== undefined;
    const workspace = named ? requireWorkspace(call, { workspace_id, workspace_path }).id : undefined;
    if (parent_type !== undefined && parent_id !== undefined) requireParent(call, parent_type, parent_id);
    const { limit, offset } = pageBounds(page);
    const hits = rankedSearch(query, {
      workspaceId: workspace,
      parentType: parent_type,
      parentId: parent_id,
      types,
      since,
      until,
      kinds,
      limit: limit + 1,
      offset,
    });
    return pageOf(hits, page);
  },
  render: ({ items, cursor }) => ({
    heading: count(items.length, 'hit'),
    empty: 'Nothing found; try fewer or other words.',
    columns: ['kind', 'id', 'title', 'text'],
    rows: items.map((hit) => [hit.kind, hit.id, quoted(hit.title, 100), quoted(hit.snippet, 200)]),
    cursor,
  }),
});
