/** The second look at the best: how many of the words each says itself, and on which plan it hangs. */
import { queryAll } from './query-helpers.ts';
import { sharesSaidEarly } from './search-beginnings.ts';
import { byScore, COUNTED, type CountedTerm, type Ranked } from './search-candidates.ts';
import { holdersAmong } from './search-hits.ts';
import { anyOf, OWN_COLUMNS, within } from './search-match.ts';

/** A document that says all the words is worth 1 + this many times as much as its words alone. */
const LIFT = 2;
/** Beside that, one that says them all in its title is worth 1 + this many times as much. */
const EARLY_LIFT = 3;
/** What a word counts for that the document does not say, but its plan does. */
const PLAN_SAYS = 0.3;
/** What hangs on the same plan as some of the best gets this share of what several of those score on average. */
const PLAN_SHARE = 0.3;
const BEST = 10;
const SEVERAL = 3;

/** Orders documents anew that were found by these words, by those of their neighbours, or by related ones. */
export function orderedAnew(ranked: readonly Ranked[], words: readonly CountedTerm[]): Ranked[] {
  const plans = plansOf(ranked);
  const said = saidBy(words, ranked, plans);
  const early = sharesSaidEarly(
    words.map(({ term }) => term),
    ranked.map(({ rid }) => rid),
  );
  return sayersFirst(liftEarly(liftTogether(lift(ranked, said, plans), plans), early), said);
}

/** The document of the plan on which each hangs. */
function plansOf(ranked: readonly Ranked[]): Map<number, number> {
  const found = queryAll<{ rid: number; plan: number }>(
    `SELECT d.rid, p.rid AS plan FROM search_documents d JOIN search_documents p ON p.ref_id = d.plan_id AND p.kind = 'plan'
     WHERE d.rid IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(ranked.map(({ rid }) => rid))],
  );
  return new Map(found.map(({ rid, plan }) => [rid, plan]));
}

/**
 * For each of the words, which of these documents, and of their plans, say it themselves. Words that stand everywhere tell
 * nothing beside others; where there are no others, they cost too much to ask the plans as well.
 */
function saidBy(
  words: readonly CountedTerm[],
  ranked: readonly Ranked[],
  plans: ReadonlyMap<number, number>,
): Set<number>[] {
  const telling = words.filter(({ count }) => count < COUNTED);
  const some = telling.length > 0;
  return holdersAmong(
    (some ? telling : words).map(({ term }) => within(OWN_COLUMNS, anyOf([term]))),
    [...ranked.map(({ rid }) => rid), ...(some ? new Set(plans.values()) : [])],
    some,
  );
}

/** Raises each score by the share of the words that the document says; what only its plan says counts a part. */
function lift(
  ranked: readonly Ranked[],
  said: readonly ReadonlySet<number>[],
  plans: ReadonlyMap<number, number>,
): Ranked[] {
  return ranked
    .map(({ rid, score }) => {
      const plan = plans.get(rid) ?? rid;
      const counts = said.map((rids) => (rids.has(rid) ? 1 : rids.has(plan) ? PLAN_SAYS : 0));
      const held = counts.reduce<number>((sum, count) => sum + count, 0);
      return { rid, score: score * (1 + (LIFT * held) / said.length) };
    })
    .sort(byScore);
}

/** Raises each score by the share of the words that the document says at its beginning. */
function liftEarly(ranked: readonly Ranked[], shares: ReadonlyMap<number, number>): Ranked[] {
  return ranked
    .map(({ rid, score }) => ({ rid, score: score * (1 + EARLY_LIFT * (shares.get(rid) ?? 0)) }))
    .sort(byScore);
}

/** What says none of the words, and was found by those of its neighbours or by related ones, comes after all that say one. */
function sayersFirst(ranked: readonly Ranked[], said: readonly ReadonlySet<number>[]): Ranked[] {
  const saysOne = ({ rid }: Ranked) => said.some((rids) => rids.has(rid));
  const sayers = ranked.filter(saysOne);
  const others = ranked.filter((one) => !saysOne(one));
  const worth = Math.min(1, (sayers.at(-1)?.score ?? Number.POSITIVE_INFINITY) / (others[0]?.score ?? 1));
  return [...sayers, ...others.map(({ rid, score }) => ({ rid, score: score * worth }))];
}

/** Raises what hangs on the same plan as the best: a plan in which several things answer is what was asked about. */
function liftTogether(ranked: readonly Ranked[], plans: ReadonlyMap<number, number>): Ranked[] {
  const weights = new Map<number, number>();
  for (const { rid, score } of ranked.slice(0, BEST)) {
    const plan = plans.get(rid);
    if (plan !== undefined) weights.set(plan, (weights.get(plan) ?? 0) + (PLAN_SHARE * score) / SEVERAL);
  }
  return ranked
    .map(({ rid, score }) => ({ rid, score: score + (weights.get(plans.get(rid) ?? 0) ?? 0) }))
    .sort(byScore);
}
