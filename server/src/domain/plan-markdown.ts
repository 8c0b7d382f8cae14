/**
 * A plan as a Markdown checklist: the outline that reader (plan-markdown-parse.ts) and writer (plan-markdown-render.ts)
 * share, and the conventions that make one undo the other.
 *
 * - Every text of an outline has one normal form: line ends are `\n`, several lines lose the empty ones around them, a
 *   title, a phase name or a step's task loses the blanks around it. Reading gives normal forms; writing makes them.
 * - No escapes. A text is written as it is wherever it reads back as it is. One that would not (a note with a checkbox of
 *   its own, a description with an open fence) is written in a code block with the info string `verbatim`, and such a
 *   block, alone, reads as what is in it. So any text comes back exactly, and foreign documents stay word for word.
 * - Titles, names and tasks are inline: what cannot be one paragraph becomes one line, an empty task `(no text)`.
 * - A phase that is named like a section (`Goals`) is written with a backslash before it. A phase without steps has the
 *   comment `<!-- no steps -->` in their place.
 */
import { readBlocks } from './plan-markdown-blocks.ts';
import { continuesParagraph, linesOf, textOf } from './plan-markdown-lines.ts';

export interface StepOutline {
  task: string;
  done: boolean;
  notes: string | null;
}

export interface PhaseOutline {
  name: string;
  description: string | null;
  steps: StepOutline[];
}

export interface PlanOutline {
  /** Empty when the document has no heading. */
  title: string;
  description: string | null;
  /** One of the plan categories, null when none is named or the word is unknown. */
  category: string | null;
  priority: string | null;
  goals: string[];
  success_criteria: string[];
  phases: PhaseOutline[];
}

/** Where steps go that no phase holds. */
export const DEFAULT_PHASE = 'Work';
const NO_TASK = '(no text)';

/** The field that a section of this heading fills. */
export function fieldOf(heading: string): 'goals' | 'success_criteria' | null {
  const word = /^[^\p{L}\p{N}\\]*(goals?|success criteri(?:a|on))[^\p{L}\p{N}]*$/iu.exec(heading)?.[1];
  if (word === undefined) return null;
  return word.toLowerCase().startsWith('goal') ? 'goals' : 'success_criteria';
}

/** The heading of a phase; `nameOfHeading` undoes it. */
export function headingOfName(name: string): string {
  return fieldOf(name.replace(/^\\+/, '')) === null ? name : `\\${name}`;
}

export function nameOfHeading(heading: string): string {
  const escaped = heading.startsWith('\\') && fieldOf(heading.replace(/^\\+/, '')) !== null;
  return escaped ? heading.slice(1) : heading;
}

/** Gives each phase a name of its own: the second `Tests` is called `Tests (2)`. */
export function phaseNamer(): (text: string) => string {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return (text) => {
    const name = oneLine(text) || DEFAULT_PHASE;
    let count = counts.get(name) ?? 1;
    let unique = name;
    while (taken.has(unique)) unique = `${name} (${++count})`;
    counts.set(name, count);
    taken.add(unique);
    return unique;
  };
}

/** The normal form of a title or name. */
export function oneLine(text: string): string {
  return linesOf(text)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}

/** The normal form of a step's task: one paragraph, or else one line. */
export function taskOf(text: string): string {
  const lines = linesOf(text.trim()).map((line) => line.trim());
  const task = lines.join('\n');
  if (task === '') return NO_TASK;
  return lines.slice(1).every(continuesParagraph) || isOneTask(lines, task) ? task : oneLine(task);
}

function isOneTask([first = '', ...more]: readonly string[], task: string): boolean {
  const [list, ...others] = readBlocks([`- [ ] ${first}`, ...more.map((line) => `  ${line}`)]);
  const item = list?.kind === 'list' && others.length === 0 && list.items.length === 1 ? list.items[0] : undefined;
  return item?.step?.task === task && item.children.length === 1;
}

/** A code block that reads as this text. */
export function wrapVerbatim(text: string): string {
  let fence = '```';
  for (const line of text.split('\n')) {
    const ticks = /^[ \t]*(`{3,})/.exec(line)?.[1];
    if (ticks !== undefined && ticks.length >= fence.length) fence = `${ticks}\``;
  }
  return `${fence}verbatim\n${text}\n${fence}`;
}

/** What a text says: itself, or the content of the `verbatim` block that it is. */
export function unwrapVerbatim(text: string | null): string | null {
  if (text === null || text === '') return null;
  const lines = text.split('\n');
  const fence = /^(`{3,})verbatim$/.exec(lines[0] ?? '')?.[1];
  if (fence === undefined || lines.length < 2) return text;
  const closing = lines.findIndex((line, i) => i > 0 && /^ {0,3}(`{3,})[ \t]*$/.exec(line)?.[1]?.startsWith(fence));
  return closing === lines.length - 1 ? textOf(lines.slice(1, -1)) : text;
}
