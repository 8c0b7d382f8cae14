/** The pieces of a briefing: what can be said of a plan, section by section, the best of each section first. */
import type { InstructionMatch, NothingReady, SkillMatch, StepRow } from '../db/index.ts';
import { type Piece as AnyPiece, firstSentences } from '../domain/briefing.ts';
import type { LineageRecord, PlanNote, PlanState, PlanStep } from '../domain/plan-state.ts';
import type { HandoffPacket } from './handoff-packet.ts';
import { descriptionOf } from './library.ts';
import { evidenceLines, factsOf, standingOf } from './plan-text.ts';
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
export type Piece = AnyPiece<Section>;

/** What is remembered elsewhere, with the id under which it is. */
export interface Remembered {
  id: string;
  /** What it is, such as a type or a title. */
  name: string;
  text: string;
}

const LENGTHS = [600, 160] as const;

/** Stored text after a lead: as many whole sentences as have room. */
function piece(section: Section, source: string, lead: string, text: string): Piece {
  const beginnings = LENGTHS.flatMap((max) => firstSentences(text, max) ?? []);
  const least = text.trim() === '' ? lead : `${lead}: a long text`;
  const texts = [...new Set([...beginnings.map((words) => `${lead}: ${whole(words)}`), least])];
  return { section, source, texts: texts as [string, ...string[]], partial: text.trim() !== (beginnings[0] ?? '') };
}

function whole(text: string): string {
  return quoted(text, Number.MAX_SAFE_INTEGER);
}

export interface Prerequisite {
  type: string;
  id: string;
  status: string;
  task: string | null;
}

/** The step with its task and notes, who is at it, and what comes before it; its notes go first. */
export function stepPieces(step: PlanStep, prerequisites: readonly Prerequisite[], seen: string | null): Piece[] {
  const facts = [
    factsOf(step),
    standingOf(step),
    ...(step.claim === null ? [] : [`held by ${holderOf(step)}${seen === null ? '' : `, last seen ${seen}`}`]),
    ...prerequisites
      .slice(0, 10)
      .map(({ type, id, status, task }) => `after ${type} ${id} (${status})${task === null ? '' : ` ${named(task)}`}`),
    ...evidenceLines(step),
  ];
  const about = (task: string, lines: readonly string[]) => [`${step.id} ${task}`, ...lines].join('\n  ');
  const notes = LENGTHS.flatMap((max) => firstSentences(step.notes ?? '', max) ?? []);
  const texts = [
    ...[step.notes ?? '', ...notes].flatMap((text) =>
      text === '' ? [] : about(whole(step.task), [...facts, `notes: ${whole(text)}`]),
    ),
    about(whole(step.task), facts),
    about(named(step.task), facts),
    `${step.id} ${named(step.task)} · ${step.status}`,
  ];
  return [{ section: 'step', source: step.id, texts: texts as [string, ...string[]] }];
}

function holderOf({ claim }: PlanStep): string {
  return `${claim?.agent_type ?? 'somebody'}, session ${claim?.session_id ?? 'none'}`;
}

/** A task by its first sentences. */
function named(task: string): string {
  return whole(firstSentences(task, 160) ?? firstSentences(task, 300) ?? 'a long task');
}

/** Who handed over and why; then where the sender was, what it had decided, done and found blocked, and its data. */
export function handoffPieces(
  handoff: LineageRecord | undefined,
  packet: HandoffPacket | null,
  steps: readonly PlanStep[],
  decisions: readonly Remembered[],
): Piece[] {
  if (handoff === undefined) return [];
  const { id, from_agent, to_agent, timestamp, reason } = handoff;
  const first = piece('handoff', id, `${from_agent} → ${to_agent}, ${timestamp}`, reason);
  const data = Object.entries(packet?.data ?? handoff.data ?? {}).map(([key, value]) =>
    piece('handoff', id, quoted(key, 60), typeof value === 'string' ? value : JSON.stringify(value)),
  );
  if (packet === null) return [first, ...data];
  const said = (what: string, ids: readonly string[]) =>
    ids
      .flatMap((id) => steps.find((step) => step.id === id) ?? [])
      .map((step) => piece('handoff', step.id, `${what} ${step.id} ${named(step.task)}`, step.notes ?? ''));
  return [
    first,
    ...said('was at', packet.step_id === null ? [] : [packet.step_id]),
    ...decisions.map(({ id, text }) => piece('handoff', id, `decided ${id}`, text)),
    ...said('had done', packet.done),
    ...said('blocked', packet.blocked),
    ...data,
  ];
}

const OTHERS_SHOWN = 3;

/** Why nothing can be begun, what others hold, what is blocked, and which sessions are open. */
export function openPieces(plan: PlanState, step: PlanStep | null, none: NothingReady | null): Piece[] {
  const others = plan.steps.filter(({ id, status }) => id !== step?.id && ['active', 'blocked'].includes(status));
  const holding = new Set(plan.steps.map(({ claim }) => claim?.session_id));
  const idle = plan.agent_sessions.filter(
    ({ session_id, completed_at, is_orphaned }) => completed_at === null && !is_orphaned && !holding.has(session_id),
  );
  const known = [step, ...others].flatMap((one) => one?.id ?? []);
  return [
    // What is said of a step that is shown stands there.
    ...(none?.reasons ?? [])
      .filter((reason) => !known.some((id) => reason.startsWith(`step ${id} `)))
      .map((reason): Piece => ({ section: 'open', source: plan.id, texts: [oneLine(reason, 600)] })),
    ...others.map((other) =>
      other.status === 'blocked'
        ? piece('open', other.id, `blocked: ${other.id} ${named(other.task)}`, other.blocked_reason ?? '')
        : piece(
            'open',
            other.id,
            `under way: ${other.id} ${named(other.task)}, held by ${holderOf(other)}`,
            other.notes ?? '',
          ),
    ),
    ...idle
      .slice(-OTHERS_SHOWN)
      .reverse()
      .map(({ session_id, agent_type, last_seen_at }): Piece => {
        const text = `session ${session_id} of ${agent_type}, last seen ${last_seen_at}`;
        return { section: 'open', source: session_id, texts: [text] };
      }),
  ];
}

const NOTE_RANK = { warning: 0, instruction: 1, info: 2 } as const;

/** Warnings before instructions before the rest, the newest of each first. */
export function notePieces(notes: readonly PlanNote[]): Piece[] {
  return [...notes]
    .reverse()
    .sort((a, b) => NOTE_RANK[a.type] - NOTE_RANK[b.type])
    .map(({ id, type, note }) => piece('notes', id, type, note));
}

const DONE_SHOWN = 5;

/** What was finished last, with its evidence and what was said about it. */
export function donePieces(steps: readonly PlanStep[]): Piece[] {
  return steps
    .filter(({ status }) => status === 'done')
    .sort((a, b) => (b.completed_at ?? '').localeCompare(a.completed_at ?? '') || b.index - a.index)
    .slice(0, DONE_SHOWN)
    .map((step) => {
      const by = step.completed_by_agent === null ? '' : ` by ${step.completed_by_agent}`;
      const lead = [`${step.id} ${named(step.task)}${by}`, ...evidenceLines(step)].join(', ');
      return piece('done before', step.id, lead, step.notes ?? '');
    });
}

export function contextPieces(remembered: readonly Remembered[]): Piece[] {
  return remembered.map(({ id, name, text }) => piece('context', id, `${id} ${name}`, text));
}

export function goalPieces(plan: PlanState): Piece[] {
  return [
    ...plan.goals.map((goal) => piece('goals', plan.id, 'goal', goal)),
    ...plan.success_criteria.map((criterion) => piece('goals', plan.id, 'success criterion', criterion)),
  ];
}

/** Names and what they are for; the content is fetched where it is wanted. */
export function guidancePieces(instructions: readonly InstructionMatch[], skills: readonly SkillMatch[]): Piece[] {
  return [
    ...instructions.map(({ id, filename, metadata, matching_glob }) =>
      piece('guidance', id, `instruction ${filename} (${oneLine(matching_glob, 60)})`, descriptionOf(metadata)),
    ),
    ...skills.map(({ id, name, description, matched_words }) =>
      piece('guidance', id, `skill ${name} (${matched_words.slice(0, 5).join(', ')})`, description ?? ''),
    ),
  ];
}

export function readyPieces(steps: readonly Pick<StepRow, 'id' | 'task'>[]): Piece[] {
  return steps.map(({ id, task }) => ({ section: 'ready', source: id, texts: [`${id} ${named(task)}`] }));
}
