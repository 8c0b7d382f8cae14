/** Skills: how to do a kind of work, found by category, tags, languages and frameworks. */
import { isStopWord } from '../domain/search-query.ts';
import { type JsonObject, listFromJson } from '../domain/stored-values.ts';
import { getNamed, listNamed, type SeedMark, storeNamed } from './named-content.ts';
import type { SkillRow } from './types.ts';

export interface SkillOptions {
  description?: string | null | undefined;
  metadata?: JsonObject | undefined;
  mark?: SeedMark | undefined;
}

/** Stores a skill, or replaces the one of this name, whatever the case of its letters. */
export function storeSkill(
  name: string,
  category: string,
  tags: readonly string[],
  languageTargets: readonly string[],
  frameworkTargets: readonly string[],
  content: string,
  options: SkillOptions = {},
): SkillRow {
  const values = {
    category,
    tags: JSON.stringify(tags),
    language_targets: JSON.stringify(languageTargets),
    framework_targets: JSON.stringify(frameworkTargets),
    content,
    description: options.description,
    metadata: options.metadata === undefined ? undefined : JSON.stringify(options.metadata),
  };
  return storeNamed('skill_definitions', name, values, options.mark);
}

export function getSkill(name: string): SkillRow | null {
  return getNamed('skill_definitions', name);
}

/** All skills by name. */
export function listSkills(): SkillRow[] {
  return listNamed('skill_definitions');
}

export interface SkillFilter {
  category?: string | undefined;
  tags?: readonly string[] | undefined;
  languages?: readonly string[] | undefined;
  frameworks?: readonly string[] | undefined;
  limit?: number | undefined;
}

export interface SkillMatch extends SkillRow {
  /** Sum of the weights of the places in which each matched word was found. */
  score: number;
  /** In alphabetical order. */
  matched_words: string[];
  /** Word → the best place in which it was found. */
  matched_in: Readonly<Record<string, SkillPlace>>;
}

/** What a word is worth by where it is found; a word counts once, at its best place. */
const WEIGHTS = { name: 4, tags: 3, targets: 3, category: 2, description: 1 } as const;

export type SkillPlace = keyof typeof WEIGHTS;

/**
 * Skills that hold at least one word of the query and fulfil every filter, best first, then by name. The words of the
 * filters count as words of the query; words that say nothing about a subject do not. Nothing asked matches nothing.
 */
export function matchSkills(query: string, filter: SkillFilter = {}): SkillMatch[] {
  const filters = [filter.tags, filter.languages, filter.frameworks].flatMap((words) => words ?? []);
  const asked = new Set(
    [...wordsOf([query, filter.category ?? '', ...filters].join(' '))].filter((word) => !isStopWord(word)),
  );
  return listSkills()
    .filter((skill) => fulfils(skill, filter))
    .map((skill) => scored(skill, asked))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.name_key < b.name_key ? -1 : 1))
    .slice(0, filter.limit);
}

function fulfils(skill: SkillRow, filter: SkillFilter): boolean {
  const holds = (json: string, wanted: readonly string[] | undefined) => {
    if (wanted === undefined || wanted.length === 0) return true;
    const has = new Set(listFromJson(json).map((word) => word.toLowerCase()));
    return wanted.some((word) => has.has(word.toLowerCase()));
  };
  return (
    (filter.category === undefined || skill.category.toLowerCase() === filter.category.toLowerCase()) &&
    holds(skill.tags, filter.tags) &&
    holds(skill.language_targets, filter.languages) &&
    holds(skill.framework_targets, filter.frameworks)
  );
}

function scored(skill: SkillRow, asked: ReadonlySet<string>): SkillMatch {
  // Best places first.
  const places: [SkillPlace, Set<string>][] = [
    ['name', wordsOf(skill.name)],
    ['tags', wordsOf(listFromJson(skill.tags).join(' '))],
    ['targets', wordsOf([...listFromJson(skill.language_targets), ...listFromJson(skill.framework_targets)].join(' '))],
    ['category', wordsOf(skill.category)],
    ['description', wordsOf(skill.description ?? '')],
  ];
  const found = [...asked].sort().flatMap((word) => {
    const place = places.find(([, words]) => words.has(word))?.[0];
    return place === undefined ? [] : [[word, place] as const];
  });
  return {
    ...skill,
    score: found.reduce((sum, [, place]) => sum + WEIGHTS[place], 0),
    matched_words: found.map(([word]) => word),
    matched_in: Object.fromEntries(found),
  };
}

/** The words of a text in lower case, two letters and longer (`c` and `r` are languages, so single ones of those stay). */
function wordsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}+#.]*/gu) ?? [];
  return new Set(
    words.map((word) => word.replace(/\.+$/, '')).filter((word) => word.length > 1 || /^[cr]$/.test(word)),
  );
}
