/** The lines `**Category:** Feature` and `**Priority:** high` of a plan. */
import { CATEGORIES, PRIORITIES } from './vocabulary.ts';

export interface Metadata {
  category: string | null;
  priority: string | null;
}

const CATEGORY_WORDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(CATEGORIES.map((category) => [category, category])),
  bug: 'bugfix',
  fix: 'bugfix',
  debug: 'bugfix',
  change: 'feature',
  enhancement: 'feature',
  refactoring: 'refactor',
  analysis: 'advisory',
  investigation: 'advisory',
  documentation: 'quick_task',
  quick: 'quick_task',
};

/** The category that the first word of a text names. */
export function categoryOf(text: string): string | null {
  const word = firstWord(text);
  return Object.hasOwn(CATEGORY_WORDS, word) ? (CATEGORY_WORDS[word] ?? null) : null;
}

export function priorityOf(text: string): string | null {
  return PRIORITIES.find((priority) => priority === firstWord(text)) ?? null;
}

function firstWord(text: string): string {
  return /[a-z][a-z_]*/.exec(text.toLowerCase())?.[0] ?? '';
}

/** What a line says of a plan; `exactly` when it says nothing besides. Null for any other line and for unknown words. */
export function readMetadataLine(line: string): { field: keyof Metadata; value: string; exactly: boolean } | null {
  const [label, key] = /^(?:[-*+] )?\*\*(category|priority)(?::\*\*|\*\*:)/i.exec(line) ?? [];
  if (label === undefined) return null;
  const text = line.slice(label.length).trim();
  const field = key?.toLowerCase() === 'category' ? 'category' : 'priority';
  const value = field === 'category' ? categoryOf(text) : priorityOf(text);
  return value === null ? null : { field, value, exactly: text.toLowerCase() === value };
}

/** The lines for what is known; other words than the plan's own are left out. */
export function metadataLines({ category, priority }: Metadata): string {
  return [
    ...(category === null ? [] : [`**Category:** ${category}`]),
    ...(priority === null ? [] : [`**Priority:** ${priority}`]),
  ].join('  \n');
}
