/** What was learnt before that matters for a step: noted on it, decided, found by its words, or just noted last. */
import { getEntities, type RankedHit, rankedSearch, searchContext } from '../db/index.ts';
import { bodyOf } from '../domain/front-matter-lines.ts';
import type { PlanState, PlanStep } from '../domain/plan-state.ts';
import type { Remembered } from './briefing-pieces.ts';
import { textOfJson } from './context-text.ts';
import { isPacketType } from './handoff-packet.ts';
import { oneLine, quoted } from './text.ts';

const OWN_SHOWN = 3;
const DECISIONS_SHOWN = 3;
const FOUND_HERE = 8;
const FOUND_ELSEWHERE = 3;
const NEWEST_SHOWN = 20;

/** The best first. */
export function rememberedFor(plan: PlanState, step: PlanStep | null, words: string): Remembered[] {
  const own = step === null ? [] : searchContext({ parent_type: 'step', parent_id: step.id, limit: OWN_SHOWN });
  const decided = searchContext({ plan_id: plan.id, types: ['decision'], limit: DECISIONS_SHOWN });
  const here = rankedSearch(words, { kinds: ['context', 'research'], planId: plan.id, limit: FOUND_HERE });
  const around = rankedSearch(words, {
    kinds: ['context', 'research', 'knowledge'],
    workspaceId: plan.workspace_id,
    limit: 20,
  });
  const elsewhere = around.filter(({ plan_id }) => plan_id !== plan.id).slice(0, FOUND_ELSEWHERE);
  const newest = searchContext({ plan_id: plan.id, limit: NEWEST_SHOWN });
  const all = [
    ...[...own, ...decided].map(contextItem),
    ...recall(here, plan.id),
    ...recall(elsewhere, plan.id),
    ...newest.map(contextItem),
  ];
  // What a handoff left has a section of its own.
  return [...new Map(all.map((one) => [one.id, one])).values()].filter(({ name }) => !isPacketType(name));
}

/** Context items by their ids, in this order; what is gone is left out. */
export function contextItems(ids: readonly string[]): Remembered[] {
  const rows = new Map(getEntities('context', ids).map((row) => [String(row['id']), row]));
  return ids.flatMap((id) => {
    const row = rows.get(id);
    return row === undefined ? [] : contextItem(row);
  });
}

/** Reads what was found, in the order of the hits, each with the plan it hangs on if that is another. */
function recall(hits: readonly RankedHit[], planId: string): Remembered[] {
  const found = new Map<string, Remembered>();
  for (const [kind, read] of Object.entries(READERS)) {
    const ids = hits.filter((hit) => hit.kind === kind).map(({ id }) => id);
    for (const row of getEntities(kind as keyof typeof READERS, ids)) found.set(String(row['id']), read(row));
  }
  return hits.flatMap(({ id, plan_id, place }) => {
    const one = found.get(id);
    if (one === undefined) return [];
    const elsewhere =
      plan_id === null || plan_id === planId ? '' : ` of plan ${plan_id} ${quoted(place[0] ?? '', 100)}`;
    return { ...one, name: `${one.name}${elsewhere}` };
  });
}

/** The columns that are read of a row of one of the three kinds. */
type Row = { readonly [column in 'id' | 'type' | 'data' | 'filename' | 'content' | 'title']?: unknown };

const READERS = {
  context: contextItem,
  research: (row: Row): Remembered => ({
    id: String(row['id']),
    name: `research ${quoted(String(row['filename']), 80)}`,
    text: bodyOf(String(row['content'])),
  }),
  knowledge: (row: Row): Remembered => ({
    id: String(row['id']),
    name: `knowledge ${quoted(String(row['title']), 80)}`,
    text: textOfJson(String(row['data'])),
  }),
};

function contextItem(row: Row): Remembered {
  return { id: String(row['id']), name: oneLine(String(row['type']), 60), text: textOfJson(String(row['data'])) };
}
