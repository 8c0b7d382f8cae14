/** Search: one definition, offered by memory_context and, for clients that approve reads only, by memory_query. */
import * as z from 'zod';
import { type RankedHit, rankedSearch, SEARCH_KINDS } from '../db/index.ts';
import { MemoryError } from '../domain/errors.ts';
import type { ParentType } from '../domain/vocabulary.ts';
import type { Call } from './call.ts';
import { action } from './define.ts';
import { requireEntity, requireParent, requireWorkspace } from './lookup.ts';
import { pageBounds, pageOf } from './page.ts';
import { id, PAGE, parentType, time, W, word } from './params.ts';
import { count, oneLine, quoted } from './text.ts';

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
    explain: z.boolean().optional(),
    ...PAGE,
  },
  example: { query: 'login cookie' },
  run: (
    { query, workspace_id, workspace_path, parent_type, parent_id, types, since, until, kinds, explain, ...page },
    call,
  ) => {
    const named = workspace_id !== undefined || workspace_path !== undefined;
    const workspace = named ? requireWorkspace(call, { workspace_id, workspace_path }).id : undefined;
    refuseNoTime(since, until);
    const scope = scopeOf(call, parent_type, parent_id);
    const bounds = { ...page, limit: page.limit ?? SHOWN };
    const { limit, offset } = pageBounds(bounds);
    const hits = rankedSearch(query, {
      workspaceId: workspace,
      ...scope,
      types,
      since,
      until,
      kinds,
      explain,
      limit: limit + 1,
      offset,
    });
    return pageOf(hits, bounds);
  },
  render: ({ items, cursor }) => ({
    heading: count(items.length, 'hit'),
    empty: 'Nothing found; try fewer or other words.',
    columns: ['kind', 'id', 'title', 'where', 'date', 'text', ...(items[0]?.matched === undefined ? [] : ['why'])],
    rows: items.map((hit) => [
      hit.kind,
      hit.id,
      quoted(hit.title, 100),
      hit.place.length === 0 ? null : quoted(hit.place.map((name) => oneLine(name, 60)).join(' › '), 200),
      hit.date?.slice(0, 10),
      quoted(hit.snippet, 200),
      ...(hit.matched === undefined ? [] : [why(hit)]),
    ]),
    cursor,
  }),
});

/** Hits of a page, where the call does not say: each takes some two hundred characters. */
const SHOWN = 20;

/** A parent without its type: of a plan, all that hangs anywhere in it. @throws not_found */
function scopeOf(call: Call, type: ParentType | undefined, id: string | undefined) {
  if (id === undefined || type !== undefined) {
    if (type !== undefined && id !== undefined) requireParent(call, type, id);
    return { parentType: type, parentId: id };
  }
  return requireEntity(id).kind === 'plan' ? { planId: id } : { parentId: id };
}

/** @throws invalid_input for bounds between which there is no time */
function refuseNoTime(since: string | undefined, until: string | undefined): void {
  if (since === undefined || until === undefined || since <= until) return;
  throw new MemoryError('invalid_input', `Nothing lies between since ${since} and until ${until}.`, {
    hint: 'Exchange them.',
  });
}

/** `login (title, body), cookie (body); 7.31` */
function why({ matched = [], score }: RankedHit): string {
  const words = matched.map(({ word, columns }) => `${quoted(word, 50)} (${columns.join(', ')})`);
  return `${words.join(', ')}; ${score}`;
}
