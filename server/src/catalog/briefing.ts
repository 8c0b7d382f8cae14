/** The briefing: what an agent needs to start on a plan or to go on with it, within a number of tokens that is never passed. */
import * as z from 'zod';
import {
  type Actor,
  getDependencies,
  getInstructionsForFiles,
  getReadySteps,
  getSession,
  heldSteps,
  matchSkills,
  type SkillMatch,
  type StepRow,
  whyNothingReady,
} from '../db/index.ts';
import { type Packed, pack } from '../domain/briefing.ts';
import { MemoryError } from '../domain/errors.ts';
import type { PlanState, PlanStep } from '../domain/plan-state.ts';
import { contextItems, rememberedFor } from './briefing-context.ts';
import {
  contextPieces,
  donePieces,
  goalPieces,
  guidancePieces,
  handoffPieces,
  notePieces,
  openPieces,
  type Piece,
  readyPieces,
  SECTIONS,
  stepPieces,
} from './briefing-pieces.ts';
import { lastPacket, type StoredPacket } from './handoff-packet.ts';
import { planLine } from './plan-text.ts';

export const DEFAULT_TOKENS = 1_500;

/** At the upper end the text is about as long as a reply may be. */
export const maxTokens = z.int().min(200).max(5_000).optional();

export type CountTokens = (text: string) => number;

/** Counts o200k tokens. Loaded with the first briefing: its tables take tens of megabytes and a tenth of a second. */
export async function loadTokenizer(): Promise<CountTokens> {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
  // What looks like a special token is text like any other.
  return (text) => countTokens(text, { disallowedSpecial: new Set() });
}

export interface BriefingOptions {
  /** The step that it is about, where the caller names one. */
  stepId?: string | undefined;
  /** Who asks. */
  by?: Actor | undefined;
  maxTokens: number;
  /** Of these, what the caller needs for lines of its own around the text. */
  reserved?: number;
}

export interface Briefing extends Packed {
  plan_id: string;
  step_id: string | null;
  max_tokens: number;
}

const READY_SHOWN = 5;

/** The same state of the database, at the same moment, gives the same briefing, byte for byte. */
export function briefingOf(plan: PlanState, count: CountTokens, options: BriefingOptions): Briefing {
  const packet = lastPacket(plan.id, plan.lineage.at(-1));
  const ready = getReadySteps(plan.id, { by: options.by, limit: READY_SHOWN });
  const step = stepOf(plan, packet, ready, options);
  const packed = pack({
    heads: [planLine(plan), planLine(plan, 40), `Plan ${plan.id}`],
    pieces: piecesOf(plan, step, packet, ready, options.by),
    sections: SECTIONS,
    max: options.maxTokens - (options.reserved ?? 0),
    count,
  });
  return { plan_id: plan.id, step_id: step?.id ?? null, max_tokens: options.maxTokens, ...packed };
}

/**
 * The step that it is about: the one that the caller holds, else the one that was handed over, else what the caller can have
 * next; where it can have none, what others are at. @throws invalid_input for a step of another plan
 */
function stepOf(
  plan: PlanState,
  packet: StoredPacket | null,
  ready: readonly StepRow[],
  { stepId, by }: BriefingOptions,
): PlanStep | null {
  const find = (id: string | null | undefined) => plan.steps.find((step) => step.id === id) ?? null;
  if (stepId !== undefined) {
    const step = find(stepId);
    if (step !== null) return step;
    throw new MemoryError('invalid_input', `Step ${stepId} is not of plan ${plan.id}.`, {
      hint: 'Leave step_id out, or send the plan_id of that step.',
    });
  }
  const own = by?.sessionId == null ? null : find(heldSteps(by.sessionId)[0]?.id);
  const handed = find(packet?.step_id);
  const underWay = plan.steps.find(({ status }) => status === 'active') ?? null;
  return own ?? (handed?.status === 'done' ? null : handed) ?? find(ready[0]?.id) ?? underWay;
}

/** All pieces, best first: the step, the handoff, and then from each section in turn its best one. */
function piecesOf(
  plan: PlanState,
  step: PlanStep | null,
  packet: StoredPacket | null,
  ready: readonly StepRow[],
  by: Actor | undefined,
): Piece[] {
  const none = ready.length === 0 ? whyNothingReady(plan.id, by) : null;
  const handed = new Set(packet === null ? [] : [packet.id, ...packet.done, ...packet.decisions, ...packet.blocked]);
  const unsaid = <T extends { id: string }>(items: readonly T[]) => items.filter(({ id }) => !handed.has(id));
  const words = step === null ? plan.title : `${step.task} ${step.paths.join(' ')}`;
  const first = [
    ...(step === null ? [] : stepPieces(step, prerequisitesOf(plan, step), lastSeen(step))),
    ...handoffPieces(plan.lineage.at(-1), packet, plan.steps, contextItems(packet?.decisions ?? [])),
  ];
  const inTurns = inTurn([
    openPieces(plan, step, none),
    notePieces(plan.notes),
    contextPieces(unsaid(rememberedFor(plan, step, words))),
    donePieces(unsaid(plan.steps)),
    goalPieces(plan),
    guidancePieces(step === null ? [] : getInstructionsForFiles(step.paths), skillsFor(words)),
    readyPieces(ready.filter(({ id }) => id !== step?.id)),
  ]);
  return [...first, ...inTurns];
}

function inTurn<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, place) => lists.flatMap((list) => list.slice(place, place + 1))).flat();
}

/** What must be done before a step, with the task where it is a step of the same plan. */
function prerequisitesOf(plan: PlanState, step: PlanStep) {
  return getDependencies('step', step.id)
    .filter(({ dependency_type }) => dependency_type === 'blocks')
    .map(({ target_type, target_id, status }) => {
      const target = plan.steps.find(({ id }) => id === target_id);
      return { type: target_type, id: target_id, status: target?.status ?? status, task: target?.task ?? null };
    });
}

function lastSeen({ claim }: PlanStep): string | null {
  return claim?.session_id == null ? null : (getSession(claim.session_id)?.last_seen_at ?? null);
}

const SKILLS_SHOWN = 3;
/** A word of the description alone says too little: every other task has one. */
const LEAST_SCORE = 3;

function skillsFor(words: string): SkillMatch[] {
  return matchSkills(words, { limit: SKILLS_SHOWN }).filter(({ score }) => score >= LEAST_SCORE);
}
