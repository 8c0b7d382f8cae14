/** The briefing: what an agent needs to start on a plan or to go on with it, within a number of tokens that is never passed. */
import * as z from 'zod';
import {
  getContext,
  getDependencies,
  getInstructionsForFile,
  getReadySteps,
  getSession,
  getStep,
  heldSteps,
  matchSkills,
  rankedSearch,
  type StepRow,
  whyNothingReady,
} from '../db/index.ts';
import { type Packed, type Piece, pack } from '../domain/briefing.ts';
import { MemoryError } from '../domain/errors.ts';
import type { PlanState, PlanStep } from '../domain/plan-state.ts';
import type { SearchKind } from '../db/index.ts';
import {
  contextPieces,
  donePieces,
  goalPieces,
  guidancePieces,
  handoffPieces,
  notePieces,
  openPieces,
  readyPieces,
  SECTIONS,
  stepPieces,
} from './briefing-pieces.ts';
import { planLine } from './plan-text.ts';

const DEFAULT_TOKENS = 1_500;

export const maxTokens = z.int().min(200).max(20_000).optional();

/** Counts o200k tokens. Loaded with the first briefing: its tables take 60 MB. */
export type CountTokens = (text: string) => number;

export async function loadTokenizer(): Promise<CountTokens> {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
  // What looks like a special token is text like any other.
  return (text) => countTokens(text, { disallowedSpecial: new Set() });
}

export interface BriefingOptions {
  /** The step that it is about; else the one that the session holds, the one under way, or the next. */
  stepId?: string | undefined;
  sessionId?: string | undefined;
  maxTokens?: number | undefined;
  /** Lines that stand before everything and count too. */
  before?: readonly string[];
}

export interface Briefing extends Packed {
  plan_id: string;
  step_id: string | null;
  max_tokens: number;
}

/** The same state of the database gives the same briefing, byte for byte. */
export function briefingOf(plan: PlanState, count: CountTokens, options: BriefingOptions): Briefing {
  const max = options.maxTokens ?? DEFAULT_TOKENS;
  const step = stepOf(plan, options);
  const before = options.before ?? [];
  const packed = pack({
    heads: [
      [...before, planLine(plan, 200)].join('\n'),
      [...before, planLine(plan, 40)].join('\n'),
      [...before, `Plan ${plan.id}`].join('\n'),
    ],
    pieces: piecesOf(plan, step),
    sections: SECTIONS,
    max,
    count,
  });
  return { plan_id: plan.id, step_id: step?.id ?? null, max_tokens: max, ...packed };
}

/** The step that the next call is about. @throws invalid_input for a step of another plan */
function stepOf(plan: PlanState, { stepId, sessionId }: BriefingOptions): PlanStep | null {
  const find = (id: string | undefined) => plan.steps.find((step) => step.id === id) ?? null;
  if (stepId !== undefined) {
    const step = find(stepId);
    if (step !== null) return step;
    throw new MemoryError('invalid_input', `Step ${stepId} is not of plan ${plan.id}.`, {
      hint: 'Leave step_id out, or send the plan_id of that step.',
    });
  }
  const own = sessionId === undefined ? null : find(heldSteps(sessionId)[0]?.id);
  if (own !== null) return own;
  const underWay = plan.steps.find(({ status }) => status === 'active') ?? null;
  return underWay ?? find(getReadySteps(plan.id, { limit: 1 })[0]?.id);
}

const READY_SHOWN = 5;

/** All pieces, best first: the step, the handoff, and then from each section in turn its best one. */
function piecesOf(plan: PlanState, step: PlanStep | null): Piece[] {
  const ready = getReadySteps(plan.id, { limit: READY_SHOWN }).filter(({ id }) => id !== step?.id);
  const none = ready.length === 0 && step?.status !== 'pending' ? whyNothingReady(plan.id) : null;
  const words = wordsOf(plan, step);
  const first = [
    ...(step === null ? [] : stepPieces(step, prerequisitesOf(step), lastSeen(step))),
    ...handoffPieces(plan.lineage.at(-1)),
  ];
  return [
    ...first,
    ...inTurn([
      openPieces(plan, none),
      notePieces(plan.notes),
      contextPieces(decisionsOf(plan, step), related(plan, step, words)),
      donePieces(plan.steps),
      goalPieces(plan),
      guidancePieces(instructionsFor(step), matchSkills(words, { limit: 3 })),
      readyPieces(ready),
    ]),
  ];
}

function inTurn<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, place) => lists.flatMap((list) => list.slice(place, place + 1))).flat();
}

function wordsOf(plan: PlanState, step: PlanStep | null): string {
  return step === null ? plan.title : `${step.task} ${step.paths.join(' ')}`;
}

function prerequisitesOf(step: PlanStep): StepRow[] {
  return getDependencies('step', step.id).flatMap(({ dependency_type, target_type, target_id }) => {
    const target = dependency_type === 'blocks' && target_type === 'step' ? getStep(target_id) : null;
    return target === null ? [] : [target];
  });
}

function lastSeen({ claim }: PlanStep): string | null {
  return claim?.session_id == null ? null : (getSession(claim.session_id)?.last_seen_at ?? null);
}

const DECISIONS_SHOWN = 3;

/** The newest decisions on the step and on the plan. */
function decisionsOf(plan: PlanState, step: PlanStep | null) {
  const own = step === null ? [] : getContext('step', step.id);
  return [...own, ...getContext('plan', plan.id, 'decision').slice(0, DECISIONS_SHOWN)];
}

const RELATED_KINDS: readonly SearchKind[] = ['context', 'research', 'knowledge'];
const RELATED_SHOWN = 12;

/** What was learnt before that has to do with the step: in this plan first, then anywhere in its workspace. */
function related(plan: PlanState, step: PlanStep | null, words: string) {
  const filter = { kinds: RELATED_KINDS, limit: RELATED_SHOWN, offset: 0 };
  const here = rankedSearch(words, { ...filter, planId: plan.id });
  const around = rankedSearch(words, { ...filter, workspaceId: plan.workspace_id });
  const known = new Set(here.map(({ id }) => id));
  return [...here, ...around.filter(({ id }) => !known.has(id))].filter(({ id }) => id !== step?.id);
}

/** A glob stands for the files it matches. */
function instructionsFor(step: PlanStep | null) {
  const found = (step?.paths ?? []).flatMap((path) => getInstructionsForFile(path));
  return [...new Map(found.map((file) => [file.id, file])).values()];
}
