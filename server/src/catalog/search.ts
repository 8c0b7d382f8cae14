/** Search: one definition, offered by memory_context and, for clients that approve reads only, by memory_query. */
import * as z from 'zod';
import { SEARCH_KINDS, searchContext, searchDocuments } from '../db/index.ts';
import { MemoryError } from '../domain/errors.ts';
import { action } from './define.ts';
import { requireParent, requireWorkspace } from './lookup.ts';
import { pageBounds, pageOf } from './page.ts';
import { id, PAGE, parentType, time, W, word } from './params.ts';
import { count, quoted } from './text.ts';

interface Hit {
  kind: string;
  id: string;
  plan_id: string | null;
  title: string;
  snippet: string;
}

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
    const bounds = { limit: limit + 1, offset };
    // Parents, types and dates are what context items have; a search that names one is a search of them.
    const context = parent_type ?? parent_id ?? types ?? since ?? until;
    if (context !== undefined && kinds?.some((kind) => kind !== 'context')) {
      throw new MemoryError(
        'invalid_input',
        'parent_type, parent_id, types, since and until are filters of context items alone.',
        {
          hint: 'Leave kinds out, or leave those out.',
        },
      );
    }
    const hits =
      context === undefined
        ? searchDocuments(query, { workspaceId: workspace, kinds, ...bounds }).map(
            ({ ref_id, ...hit }): Hit => ({ ...hit, id: ref_id }),
          )
        : searchContext({
            text: query,
            workspace_id: workspace,
            parent_type,
            parent_id,
            types,
            since,
            until,
            ...bounds,
          }).map(
            (item): Hit => ({
              kind: 'context',
              id: item.id,
              plan_id: item.plan_id,
              title: item.type,
              snippet: item.data,
            }),
          );
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
