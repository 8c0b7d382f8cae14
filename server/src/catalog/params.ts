/** The parameters that many actions share: one name, one meaning, one type. */
import * as z from 'zod';
import {
  CATEGORIES,
  EXECUTIONS,
  PARENT_TYPES,
  PLAN_STATUSES,
  PRIORITIES,
  SOURCES,
  STEP_STATUSES,
  STEP_TYPES,
} from '../domain/vocabulary.ts';
import { findUnstorable } from './storable.ts';

export const id = z.string().min(1).max(200);
export const title = z.string().trim().min(1).max(500);
/** Text that replies show as it is, not quoted: nothing in it can pass for a line of the reply. */
export const singleLine = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^\P{Cc}*$/u, 'must be one line, without control characters');
/** A word of an open set, such as an agent type. */
export const word = singleLine(100);
export const sentence = z.string().trim().min(1).max(2_000);
/** Text of some pages: notes, descriptions. */
export const text = z.string().min(1).max(100_000);
/** Text of a document. */
export const longText = z.string().max(1_000_000);
export const lines = z.array(sentence).max(100);
export const path = z.string().trim().min(1).max(4_000);
/** A directory; on the command line it may be told from where one is. */
export const directory = path.meta({ directory: true });
/** A place in a list, from 0. */
export const index = z.int().min(0).max(100_000);
/** A date or a time: 2026-01-31 or 2026-01-31T08:00:00Z. */
export const time = z.union(
  [z.iso.datetime(), z.iso.date()],
  'expected a date such as 2026-01-31, or a time such as 2026-01-31T08:00:00Z',
);

/** For what destroys, or changes much at once. */
export const confirm = z.literal(true, 'this cannot be taken back: send confirm: true');
export const dryRun = z.boolean().default(true);

export const category = z.enum(CATEGORIES);
export const priority = z.enum(PRIORITIES);
export const planStatus = z.enum(PLAN_STATUSES);
export const execution = z.enum(EXECUTIONS);
export const stepStatus = z.enum(STEP_STATUSES);
export const stepType = z.enum(STEP_TYPES);
export const parentType = z.enum(PARENT_TYPES);
export const source = z.enum(SOURCES);

/** Any JSON object; a plain string becomes `{ "text": … }`, JSON text that holds an object is parsed. */
export const json = z.preprocess(toObject, z.record(z.string(), z.unknown())).superRefine((value, context) => {
  // What came as JSON text was not an object when the whole call was checked.
  const fault =
    findUnstorable(value)?.fault ??
    (JSON.stringify(value).length <= 1_000_000 ? null : 'is larger than 1,000,000 characters');
  if (fault !== null) context.addIssue(fault);
});

function toObject(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // Not JSON: it is text.
  }
  return { text: value };
}

/** W: which workspace, by id or by path. */
export const W = {
  workspace_id: id.optional(),
  workspace_path: directory.optional(),
};

/** Every list is paged. */
export const PAGE = {
  limit: z.int().min(1).max(200).optional(),
  cursor: z.string().max(20).optional(),
};

/** Long text comes in pieces; joined, they are the whole. */
export const PIECE = { cursor: PAGE.cursor };

/** What proves that a step is done. */
export const evidence = z
  .strictObject({
    command: sentence.optional(),
    exit_code: z.int().min(-2_147_483_648).max(4_294_967_295).optional(),
    commit: word.optional(),
    files: z.array(path).max(100).optional(),
    waiver: z.strictObject({ by: word, reason: sentence }).optional(),
  })
  .describe('{command?, exit_code?, commit?, files?, waiver?: {by, reason}}');

/** Published with all tools, but not in a small context, where it works all the same; `help` names it. */
export const rare = <T extends z.ZodType>(schema: T): T => schema.meta({ rare: true });

const flag = z.boolean().optional();

/** The gates of a step. */
export const GATES = {
  requires_confirmation: flag,
  requires_user_confirmation: flag,
  requires_validation: flag,
  requires_evidence: flag,
};

/** What is to be done in a step. */
export const task = z.string().trim().min(1).max(10_000);

/** A step in a list of steps; step_id stands only where a list is replaced. */
export const newStep = z.strictObject({
  step_id: id.optional(),
  task,
  phase: title.optional(),
  phase_id: id.optional(),
  type: stepType.optional(),
  notes: text.optional(),
  assignee: word.optional(),
  depends_on: z.array(id).max(100).optional(),
  paths: z.array(path).max(100).optional(),
  ...GATES,
});

export type NewStepInput = z.output<typeof newStep>;
