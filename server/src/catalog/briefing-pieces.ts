/** The pieces of a briefing: what can be said of a plan, section by section, the best of each section first. */
import type { ContextRow, InstructionMatch, NothingReady, RankedHit, SkillMatch, StepRow } from '../db/index.ts';
import { type Piece as AnyPiece, firstSentences } from '../domain/briefing.ts';
import type { LineageRecord, PlanNote, PlanState, PlanStep } from '../domain/plan-state.ts';
import type { JsonObject } from '../domain/stored-values.ts';
import { contextText } from './context-text.ts';
import type { HandoffPacket } from './handoff-packet.ts';
import { descriptionOf } from './library.ts';
import { evidenceLines, standingOf, stepText } from './plan-text.ts';
import { oneLine, quoted } from './text.ts';

/** The headings in the order of the text. */
export const SECTIONS = [
  'step',
  'handoff',
  'open',
  'notes',
  'done before',
  'context',
  'goals',
  'guidance',
  'ready',
] as const;

export type Section = (typeof SECTIONS)[number];
type Piece = AnyPiece<Section>;

const STEP_LENGTH = 3_000;
const SHORT = 160;
const LONG = 600;

/** Stored text in two lengths, cut between sentences. */
function inTwoLengths(section: Section, source: string, lead: string, text: string): Piece {
  const piece = (max: number) => `${lead}${quoted(firstSentences(text, max) ?? oneLine(text, max), max)}`;
  const [long, short] = [piece(LONG), piece(SHORT)];
  return { section, source, text: long, ...(short === long ? {} : { short }) };
}

export interface Prerequisite {
  type: string;
  id: string;
  status: string;
  task: string | null;
}

/** The step with who is at it and its prerequisites. */
export function stepPieces(step: PlanStep, prerequisites: readonly Prerequisite[], seen: string | null): Piece[] {
  const { claim } = step;
  const lines = [
    ...stepText(step, STEP_LENGTH).split('\n'),
    standingOf(step),
    ...(claim === null
      ? []
      : [
          `held by ${claim.agent_type ?? 'somebody'}, session ${claim.session_id ?? 'none'}${seen === null ? '' : `, last seen ${seen}`}`,
        ]),
    ...prerequisites
      .slice(0, 10)
      .map(
        ({ type, id, status, task }) =>
          `after ${type} ${id} (${status})${task === null ? '' : ` ${quoted(task, 100)}`}`,
      ),
    ...evidenceLines(step),
  ];
  const long = lines.join('\n  ');
  const task = firstSentences(step.task, SHORT) ?? oneLine(step.task, SHORT);
  return [
    { section: 'step', source: step.id, text: long, short: `${step.id} ${quoted(task, SHORT)} · ${step.status}` },
  ];
}

/** Who handed over and why; then what the packet says of the step, of what was done, decided and blocked, and its data. */
export function handoffPieces(handoff: LineageRecord | undefined, packet: HandoffPacket | null): Piece[] {
  if (handoff === undefined) return [];
  const lead = `${handoff.from_agent} → ${handoff.to_agent}, ${handoff.timestamp}: `;
  const said = (what: string) => (item: { id: string; text: string }) =>
    inTwoLengths('handoff', item.id, `${what} ${item.id} `, item.text);
  const data = packet?.data ?? handoff.data;
  return [
    inTwoLengths('handoff', handoff.id, lead, handoff.reason),
    ...(packet === null
      ? []
      : [
          ...(packet.step === null ? [] : [said('was at')(packet.step)]),
          ...packet.decisions.map(said('decided')),
          ...packet.done.map(said('had done')),
          ...packet.blocked.map(said('blocked')),
        ]),
    ...(data === null ? [] : dataPieces('handoff', handoff.id, '', data)),
  ];
}

/** An entry for each key of an object, so that one long value does not keep the others out. */
function dataPieces(section: Section, source: string, lead: string, data: JsonObject): Piece[] {
  return Object.entries(data).map(([key, value]) =>
    inTwoLengths(
      section,
      source,
      `${lead}${oneLine(key, 60)}: `,
      typeof value === 'string' ? value : JSON.stringify(value),
    ),
  );
}

const OTHERS_SHOWN = 3;

/** Why nothing can be begun, what is blocked, and which sessions are open. */
export function openPieces(plan: PlanState, step: PlanStep | null, none: NothingReady | null): Piece[] {
  const blocked = plan.steps.filter(({ status }) => status === 'blocked');
  const reasons =
    none?.reasons ?? blocked.map(({ id, blocked_reason }) => `step ${id} is blocked: ${quoted(blocked_reason ?? '')}`);
  const others = plan.agent_sessions.filter(({ completed_at, is_orphaned }) => completed_at === null && !is_orphaned);
  return [
    // What is said of the step itself stands in its own section.
    ...reasons
      .filter((reason) => step === null || !reason.startsWith(`step ${step.id} `))
      .map((reason): Piece => ({ section: 'open', source: plan.id, text: oneLine(reason, LONG) })),
    ...others
      .slice(-OTHERS_SHOWN)
      .reverse()
      .map(
        ({ session_id, agent_type, last_seen_at }): Piece => ({
          section: 'open',
          source: session_id,
          text: `session ${session_id} of ${agent_type}, last seen ${last_seen_at}`,
        }),
      ),
  ];
}

const NOTE_RANK = { warning: 0, instruction: 1, info: 2 } as const;

/** Warnings before instructions before the rest, the newest of each first. */
export function notePieces(notes: readonly PlanNote[]): Piece[] {
  return [...notes]
    .reverse()
    .sort((a, b) => NOTE_RANK[a.type] - NOTE_RANK[b.type])
    .map(({ id, type, note }) => inTwoLengths('notes', id, `${type}: `, note));
}

const DONE_SHOWN = 5;

/** What was finished last, with what was said about it. */
export function donePieces(steps: readonly PlanStep[]): Piece[] {
  return steps
    .filter(({ status }) => status === 'done')
    .sort((a, b) => (b.completed_at ?? '').localeCompare(a.completed_at ?? '') || b.index - a.index)
    .slice(0, DONE_SHOWN)
    .map(({ id, task, notes, completed_by_agent }) => {
      const lead = `${id} ${quoted(task, 100)}${completed_by_agent === null ? '' : ` by ${completed_by_agent}`}`;
      return notes === null
        ? { section: 'done before', source: id, text: lead }
        : inTwoLengths('done before', id, `${lead}: `, notes);
    });
}

/** What was noted and decided last, then what the step's words find. */
export function contextPieces(decisions: readonly ContextRow[], hits: readonly RankedHit[]): Piece[] {
  const first = decisions.map((item) =>
    inTwoLengths('context', item.id, `${item.id} ${oneLine(item.type, 60)}: `, contextText(item)),
  );
  const known = new Set(decisions.map(({ id }) => id));
  const found = hits
    .filter(({ id }) => !known.has(id))
    .map(({ id, kind, title, snippet }) =>
      inTwoLengths('context', id, `${id} ${kind} ${quoted(title, 80)}: `, snippet),
    );
  return [...first, ...found];
}

export function goalPieces(plan: PlanState): Piece[] {
  return [
    ...plan.goals.map((goal): Piece => ({ section: 'goals', source: plan.id, text: `goal: ${quoted(goal, 300)}` })),
    ...plan.success_criteria.map(
      (criterion): Piece => ({
        section: 'goals',
        source: plan.id,
        text: `success criterion: ${quoted(criterion, 300)}`,
      }),
    ),
  ];
}

/** Names and a sentence; the content is fetched where it is wanted. */
export function guidancePieces(instructions: readonly InstructionMatch[], skills: readonly SkillMatch[]): Piece[] {
  return [
    ...instructions.map(({ id, filename, metadata, matching_glob }) =>
      guidance(id, `instruction ${filename} (${oneLine(matching_glob, 60)})`, descriptionOf(metadata)),
    ),
    ...skills.map(({ id, name, description, matched_words }) =>
      guidance(id, `skill ${name} (${matched_words.slice(0, 5).join(', ')})`, description ?? ''),
    ),
  ];
}

function guidance(source: string, lead: string, description: string): Piece {
  return { section: 'guidance', source, text: description === '' ? lead : `${lead}: ${quoted(description, 150)}` };
}

export function readyPieces(steps: readonly Pick<StepRow, 'id' | 'task'>[]): Piece[] {
  return steps.map(({ id, task }) => ({ section: 'ready', source: id, text: `${id} ${quoted(task, 120)}` }));
}
