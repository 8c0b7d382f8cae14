/** Writes a plan as a Markdown checklist that reads back as the same plan. plan-markdown.ts has the conventions. */
import {
  headingOfName,
  oneLine,
  type PhaseOutline,
  type PlanOutline,
  phaseNamer,
  type StepOutline,
  taskOf,
  wrapVerbatim,
} from './plan-markdown.ts';
import { NO_STEPS } from './plan-markdown-lead-in.ts';
import { beginsWithBullet, linesOf, textOf } from './plan-markdown-lines.ts';
import { categoryOf, metadataLines, priorityOf } from './plan-markdown-metadata.ts';
import { parsePlanMarkdown } from './plan-markdown-parse.ts';

// What a text is tried in, to see whether it reads back.
const STEP: StepOutline = { task: 'Step', done: false, notes: null };
const PHASE: PhaseOutline = { name: 'Phase', description: null, steps: [STEP] };
const LAST: PhaseOutline = { ...PHASE, name: 'Last' };
const PLAN: PlanOutline = {
  title: 'Plan',
  description: null,
  category: null,
  priority: null,
  goals: [],
  success_criteria: [],
  phases: [],
};

/**
 * The plan as Markdown: title, category and priority, description, goals, success criteria, phases. Reading it gives the
 * same outline, but for the normal forms of plan-markdown.ts; writing what was read gives the same Markdown.
 */
export function renderPlanMarkdown(outline: PlanOutline): string {
  const metadata = {
    category: categoryOf(outline.category ?? ''),
    priority: priorityOf(outline.priority ?? ''),
  };
  const labels = metadataLines(metadata);
  const head = { ...PLAN, title: oneLine(outline.title), ...metadata };
  const nameFor = phaseNamer();
  return joined([
    heading(1, head.title),
    labels,
    written(outline.description, (description) => readsBack({ ...head, description }, [labels, description])),
    ...entries('Goals', outline.goals),
    ...entries('Success criteria', outline.success_criteria),
    ...outline.phases.flatMap((phase) => phaseParts(nameFor(phase.name), phase)),
  ]);
}

function entries(title: string, texts: readonly string[]): string[] {
  const items = texts
    .map((text) =>
      written(text.trim(), (goal) =>
        readsBack({ ...PLAN, goals: [goal] }, [heading(2, 'Goals'), `- ${indented(goal)}`]),
      ),
    )
    .filter((text) => text !== '')
    .map((text) => `- ${indented(text)}`);
  return items.length === 0 ? [] : [heading(2, title), items.join('\n')];
}

function phaseParts(name: string, phase: PhaseOutline): string[] {
  const steps = phase.steps.map((step) => stepItem({ ...step, task: taskOf(step.task), notes: notesOf(step) }));
  const description = written(phase.description, (text) => {
    const tried = { ...PHASE, description: text, steps: steps.length === 0 ? [] : [STEP] };
    return readsBack({ ...PLAN, phases: [tried] }, [
      heading(2, 'Phase'),
      text,
      steps.length === 0 ? NO_STEPS : stepItem(STEP),
    ]);
  });
  return [heading(2, headingOfName(name)), description, steps.join('') || NO_STEPS];
}

function notesOf({ notes }: StepOutline): string {
  return written(notes, (text) => {
    // Nothing else gets out of an item: all lines are indented.
    if (!/\[[ \txX]\]|^`{3,}verbatim/.test(text)) return true;
    const step = { ...STEP, notes: text };
    return readsBack({ ...PLAN, phases: [{ ...PHASE, steps: [step, STEP] }] }, [
      heading(2, 'Phase'),
      stepItem(step) + stepItem(STEP),
    ]);
  });
}

/** The lines of a step. Notes that begin with a bullet follow at once, others after an empty line. */
function stepItem({ task, done, notes }: StepOutline): string {
  const line = `- [${done ? 'x' : ' '}] ${indented(task)}\n`;
  if (notes === null || notes === '') return line;
  return beginsWithBullet(notes) ? `${line}  ${indented(notes)}\n` : `${line}\n  ${indented(notes)}\n\n`;
}

/** A text as it is if that reads back as the same, else in a `verbatim` block. */
function written(text: string | null, isSafe: (text: string) => boolean): string {
  const normal = textOf(linesOf(text ?? ''));
  if (normal === null) return '';
  return isSafe(normal) ? normal : wrapVerbatim(normal);
}

/** Whether these parts, between a title and a last phase, read as the expected plan. */
function readsBack(expected: PlanOutline, parts: readonly string[]): boolean {
  const markdown = joined([heading(1, expected.title), ...parts, heading(2, LAST.name), stepItem(STEP)]);
  return (
    JSON.stringify(parsePlanMarkdown(markdown)) === JSON.stringify({ ...expected, phases: [...expected.phases, LAST] })
  );
}

/** A closing #, lest a last # of the text be taken for one. */
function heading(depth: number, text: string): string {
  return `${'#'.repeat(depth)} ${text}${text.endsWith('#') ? ' #' : ''}`.trimEnd();
}

function indented(text: string): string {
  return text.replace(/\n(?=[^\n])/g, '\n  ');
}

function joined(parts: readonly string[]): string {
  return `${parts
    .map((part) => part.replace(/\n{1,2}$/, ''))
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}
