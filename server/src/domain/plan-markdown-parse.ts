/** Reads a plan from a Markdown checklist. plan-markdown.ts has the conventions. */
import { parseFrontMatter } from './front-matter.ts';
import {
  DEFAULT_PHASE,
  fieldOf,
  nameOfHeading,
  oneLine,
  type PlanOutline,
  phaseNamer,
  type StepOutline,
  taskOf,
  unwrapVerbatim,
} from './plan-markdown.ts';
import { readBlocks } from './plan-markdown-blocks.ts';
import { holdsSteps, isChecklist, type LeadIn, leadInBefore, leadInsOf } from './plan-markdown-lead-in.ts';
import { Excerpt, linesInside, linesOf, type Span, textOf, without } from './plan-markdown-lines.ts';
import { type Metadata, readMetadataLine } from './plan-markdown-metadata.ts';
import type { Block, Heading, Item } from './plan-markdown-tree.ts';

/**
 * The plan in a Markdown document. Never throws; a document without a heading has the title '', one without checkboxes
 * no phases.
 *
 * - The first heading is the title. Sections called Goal(s) or Success criteria fill those fields: each list item, with
 *   or without a checkbox, and each paragraph is one.
 * - A heading whose section holds a checklist is a phase, and so is a bold paragraph directly before a checklist: its
 *   bold words are the name. Steps under neither go to the phase `Work`. Under a heading, a single label such as
 *   `**Tasks:**` or `**Aim:** be quick` is no phase but text of the heading's.
 * - A list item with a checkbox is a step: its paragraph is the task, what is indented below it the notes; checkboxes
 *   nested in it are steps after it. Bullets without a checkbox are text.
 * - Text of a phase's section is the phase's description, but not what follows a thematic break. All other text, with
 *   its headings, is the plan's. Thematic breaks that separate nothing any more are left out.
 * - The first `**Category:**` and `**Priority:**` lines with a known word give those fields. They leave the description
 *   if they stand before the second heading and hold nothing but the word.
 */
export function parsePlanMarkdown(markdown: string): PlanOutline {
  const { content, body } = parseFrontMatter(markdown);
  const lines = linesOf(body);
  const blocks = readBlocks(lines);
  const title = blocks.find((block) => block.kind === 'heading');
  const reader = new ChecklistReader(lines);
  reader.readFrontMatter(linesOf(content.slice(0, content.length - body.length)));
  let section: Section = { heading: null, blocks: [] };
  for (const block of blocks) {
    if (block.kind !== 'heading') {
      section.blocks.push(block);
      continue;
    }
    reader.readSection(section);
    section = { heading: block === title ? null : block, blocks: [] };
  }
  reader.readSection(section);
  return reader.outline(oneLine(title?.text ?? ''));
}

interface Section {
  /** Null before the title and under it. */
  heading: Heading | null;
  blocks: Block[];
}

interface Phase {
  name: string;
  description: Excerpt;
  steps: StepOutline[];
}

class ChecklistReader {
  readonly #lines: readonly string[];
  readonly #description: Excerpt;
  readonly #metadata: Metadata = { category: null, priority: null };
  readonly #fields: { goals: string[]; success_criteria: string[] } = { goals: [], success_criteria: [] };
  readonly #phases: Phase[] = [];
  readonly #nameFor = phaseNamer();
  /** The phase for steps that no heading and no lead-in holds. */
  #work: Phase | null = null;
  /** Where steps go now. */
  #phase: Phase | null = null;
  /** Where text goes now. */
  #text: Excerpt;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
    this.#description = new Excerpt(lines);
    this.#text = this.#description;
  }

  /** Front matter is text like any other, but for the lines around it. */
  readFrontMatter(lines: readonly string[]): void {
    const text = textOf(lines.filter((line) => !/^(?:---|\.\.\.)[ \t]*$/.test(line)));
    if (text !== null) this.#description.addText(text);
  }

  readSection({ heading, blocks }: Section): void {
    const field = heading === null ? null : fieldOf(heading.text);
    if (field !== null) {
      for (const block of blocks) this.#fields[field].push(...entriesOf(block, this.#lines));
      return;
    }
    this.#phase = null;
    this.#text = this.#description;
    const leadIns = leadInsOf(blocks, heading !== null, this.#lines);
    if (heading !== null && holdsSteps(blocks, leadIns, this.#lines)) this.#open(nameOfHeading(heading.text));
    else if (heading !== null) this.#description.add(heading);
    for (const block of blocks) this.#readBlock(block, leadIns.get(block), heading === null);
  }

  outline(title: string): PlanOutline {
    return {
      title,
      description: unwrapVerbatim(this.#description.text()),
      ...this.#metadata,
      ...this.#fields,
      phases: this.#phases.map(({ name, description, steps }) => ({
        name,
        description: unwrapVerbatim(description.text()),
        steps,
      })),
    };
  }

  #readBlock(block: Block, leadIn: LeadIn | undefined, inHead: boolean): void {
    if (leadIn !== undefined) {
      this.#text.add(leadIn.before);
      this.#open(leadIn.name, leadIn.rest);
    } else if (block.kind === 'list' && block.checks) {
      for (const item of block.items) this.#readItem(item);
    } else if (isChecklist(block, this.#lines)) {
      this.#stepsNow();
    } else if (block.kind === 'break') {
      this.#text = this.#description;
      this.#text.addBreak(block);
    } else {
      this.#text.add(block, this.#text === this.#description ? this.#readMetadata(block, inHead) : []);
    }
  }

  #open(name: string, text: string | null = null): void {
    const phase = { name: this.#nameFor(name), description: new Excerpt(this.#lines), steps: [] };
    this.#phases.push(phase);
    this.#phase = phase;
    this.#text = phase.description;
    if (text !== null) this.#text.addText(text);
  }

  #stepsNow(): StepOutline[] {
    if (this.#phase !== null) return this.#phase.steps;
    if (this.#work === null) {
      this.#work = { name: this.#nameFor(DEFAULT_PHASE), description: new Excerpt(this.#lines), steps: [] };
      this.#phases.push(this.#work);
    }
    return this.#work.steps;
  }

  /** An item of a checklist: a step, or a bullet that is text but for the steps inside. */
  #readItem(item: Item): void {
    const taken: Span[] = [];
    if (item.step !== null) this.#addStep(item, taken);
    else this.#readInside(item.children, taken);
    this.#text.add(item, taken);
  }

  #readInside(blocks: readonly Block[], taken: Span[]): void {
    for (const [i, block] of blocks.entries()) {
      const leadIn = leadInBefore(blocks[i + 1], block, this.#lines);
      if (leadIn !== null) {
        this.#open(leadIn.name, leadIn.rest);
        taken.push({ start: leadIn.before.end, end: block.end });
      }
      if (block.kind !== 'list' || !block.checks) continue;
      for (const item of block.items) {
        if (item.step !== null) this.#addStep(item, taken);
        else this.#readInside(item.children, taken);
      }
    }
  }

  #addStep(item: Item, taken: Span[]): void {
    if (item.step === null) return;
    const nested = nestedSteps(item.children);
    const notes = without({ start: item.step.end, end: item.end }, nested)
      .map((span) => textOf(linesInside(this.#lines, item, span)))
      .filter((text) => text !== null);
    const { task, done } = item.step;
    this.#stepsNow().push({ task: taskOf(task), done, notes: unwrapVerbatim(notes.join('\n\n')) });
    for (const inner of nested) this.#addStep(inner, []);
    taken.push(item);
  }

  /** Takes the first of each metadata in; answers the lines that hold nothing else, if they are to be left out. */
  #readMetadata({ kind, start, end }: Block, leaveOut: boolean): Span[] {
    const taken: Span[] = [];
    if (kind !== 'paragraph' && kind !== 'list') return taken;
    for (const [i, line] of this.#lines.slice(start, end).entries()) {
      const found = readMetadataLine(line);
      if (found === null || this.#metadata[found.field] !== null) continue;
      this.#metadata[found.field] = found.value;
      if (leaveOut && found.exactly) taken.push({ start: start + i, end: start + i + 1 });
    }
    return taken;
  }
}

/** What a block of a goals or criteria section adds to it. */
function entriesOf(block: Block, lines: readonly string[]): string[] {
  if (block.kind === 'break') return [];
  const texts =
    block.kind === 'list' ? block.items.map((item) => entryLines(item, lines)) : [lines.slice(block.start, block.end)];
  return texts.map((text) => unwrapVerbatim(textOf(text))?.trim() ?? '').filter((text) => text !== '');
}

function entryLines(item: Item, lines: readonly string[]): string[] {
  const inside = linesInside(lines, item, item);
  return item.step === null ? inside : [item.step.task, ...inside.slice(item.step.end - item.start)];
}

/** The topmost items with a checkbox inside these blocks. */
function nestedSteps(blocks: readonly Block[]): Item[] {
  return blocks.flatMap((block) => {
    if (block.kind !== 'list' || !block.checks) return [];
    return block.items.flatMap((item) => (item.step === null ? nestedSteps(item.children) : [item]));
  });
}
