/** What clients offer to people: ids while they are typed, and the plans that are worth a look. */
import { type ActivePlan, listActivePlans, listAgents, listRecent } from '../db/index.ts';
import type { OfferedKind } from '../domain/vocabulary.ts';

/** Words are looked for in what changed last; an id is found however old it is. */
const LOOKED_AT = 1_000;
const PLANS_SHOWN = 10;

/** Ids that begin with what was typed, or whose title, task or type holds all words of it; what changed last comes first. */
export function offerIds(kind: OfferedKind, typed: string): string[] {
  const words = typed.toLowerCase().split(/\s+/);
  const byWords = listRecent(kind, LOOKED_AT).filter(({ label }) => {
    const text = label.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const byId = typed === '' ? [] : listRecent(kind, LOOKED_AT, typed);
  return [...new Set([...byId, ...byWords].map(({ id }) => id))];
}

/** The agent types that have a definition and begin with what was typed. */
export function offerAgentTypes(typed: string): string[] {
  return listAgents()
    .map(({ name }) => name)
    .filter((name) => name.toLowerCase().startsWith(typed.toLowerCase()));
}

/** A few active plans, the one that changed last first. */
export function offerPlans(): ActivePlan[] {
  return listActivePlans(PLANS_SHOWN);
}
