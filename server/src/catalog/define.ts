/**
 * How a tool and its actions are defined: once, here. The handler's types, the validation, the published schema, the rows of
 * the catalog tables, the help, the command line and the reference page are all derived from these definitions.
 */
import * as z from 'zod';
import type { Call } from './call.ts';
import { PAGE } from './params.ts';
import type { Table } from './table.ts';

/** read: changes nothing. write: one immediate transaction. wait: asynchronous, a series of reads. */
type Effect = 'read' | 'write' | 'wait';

/** What a reply shows: a text, several where a note must stay apart from the text itself, or a list. */
export type Rendered = string | readonly string[] | Table;

export interface ActionSpec<P extends z.ZodRawShape, D, L> {
  /** One sentence: what it does. */
  summary: string;
  effect: Effect;
  /** Published with `--tools core`. */
  core?: boolean;
  params: P;
  /** One valid call, without the action's name. */
  example: z.input<z.ZodObject<P>> & { session_id?: string };
  /**
   * What is to be had before the transaction: a library that would slow every start, files on the disk, a long read that
   * writers shall not wait for. A row on which the change depends must be read again in `run`.
   */
  load?: (params: z.output<z.ZodObject<P, z.core.$strict>>) => Promise<L>;
  /** Does it and answers data. Synchronous, and can be run again: no I/O, nothing outside the database. */
  run: (params: z.output<z.ZodObject<P, z.core.$strict>>, call: Call, loaded: L) => D;
  /**
   * What the change does outside the database, once it is committed. Does it again where a request is repeated, so a second
   * time must be like the first. @throws MemoryError: the change itself stays
   */
  finish?: (data: D, params: z.output<z.ZodObject<P, z.core.$strict>>) => void;
  /** For `wait`: how long in all, and after which time to look again at the latest; null where there is nothing to wait for. */
  waits?: {
    ms: (params: z.output<z.ZodObject<P, z.core.$strict>>) => number;
    againMs: (data: D) => number | null;
  };
  /** What the caller reads: compact, since a model pays for every character. */
  render: (data: D) => Rendered;
}

/** What a checked call will do. */
export interface Bound {
  params: Readonly<Record<string, unknown>>;
  load: () => Promise<unknown>;
  /** Runs the action; `render` makes its text afterwards. */
  run: (call: Call, loaded: unknown) => { data: unknown; render: () => Rendered };
  /** Takes the data of `run`, as it is or as it was stored. */
  finish: (data: unknown) => void;
  /** How long it may wait; 0 for all that does not. */
  waitMs: number;
  /** Takes the data of `run`. */
  againMs: (data: unknown) => number | null;
}

/** A defined action whatever its parameters are. */
export interface Action {
  readonly summary: string;
  readonly effect: Effect;
  readonly core: boolean;
  /** Every parameter: the action's own in order, then the common ones. */
  readonly shape: z.ZodRawShape;
  readonly example: Readonly<Record<string, unknown>>;
  bind(
    input: Readonly<Record<string, unknown>>,
  ): { ok: true; bound: Bound } | { ok: false; issues: z.core.$ZodIssue[] };
}

/** Who does it, on every action; how long the reply is and where it goes on, on every read; the key of safe retries, on every write. */
const SESSION_ID = z.string().min(1).max(100).optional();
const DETAIL = z.enum(['concise', 'full']).optional();
const REQUEST_ID = z.string().min(1).max(200).optional();
const COMMON_OF_WRITES = z.object({ session_id: SESSION_ID, request_id: REQUEST_ID });
const COMMON_OF_READS = z.object({ session_id: SESSION_ID, detail: DETAIL, cursor: PAGE.cursor });

/** Parameters that are said once for all actions and left out of their signatures. */
export const COMMON_PARAMS: readonly string[] = ['session_id', 'detail', 'request_id', 'limit', 'cursor'];

/** Issues name the value that they are about: without it, a wrong one looks like a missing one. */
const REPORT = { reportInput: true };

/** Defines one action. */
export function action<P extends z.ZodRawShape, D, L = undefined>(spec: ActionSpec<P, D, L>): Action {
  const common = spec.effect === 'write' ? COMMON_OF_WRITES : COMMON_OF_READS;
  let made: z.ZodObject<P, z.core.$strict> | undefined;
  return {
    summary: spec.summary,
    effect: spec.effect,
    core: spec.core ?? false,
    shape: { ...spec.params, ...without(common.shape, spec.params) },
    example: spec.example,
    bind: (input) => {
      // Made at the first call: the validators of all actions would take a tenth of every start.
      made ??= z.strictObject(spec.params);
      const isCommon = (key: string) => Object.hasOwn(common.shape, key) && !Object.hasOwn(spec.params, key);
      const shared = common.safeParse(input, REPORT);
      const named = made.safeParse(Object.fromEntries(Object.entries(input).filter(([key]) => !isCommon(key))), REPORT);
      if (!named.success || !shared.success) {
        return { ok: false, issues: [...(named.error?.issues ?? []), ...(shared.error?.issues ?? [])] };
      }
      const bound: Bound = {
        params: { ...shared.data, ...named.data },
        load: async () => spec.load?.(named.data),
        run: (call, loaded) => {
          const data = spec.run(named.data, call, loaded as L);
          return { data, render: () => spec.render(data) };
        },
        finish: (data) => spec.finish?.(data as D, named.data),
        waitMs: spec.waits?.ms(named.data) ?? 0,
        againMs: (data) => spec.waits?.againMs(data as D) ?? null,
      };
      return { ok: true, bound };
    },
  };
}

interface Annotations {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
  openWorldHint: false;
}

export interface Tool {
  readonly name: string;
  /** Published without rare parameters and those that all actions share; the instructions and the replies name these. */
  readonly brief: boolean;
  /** One or two sentences: what it is for. */
  readonly summary: string;
  readonly annotations: Annotations;
  readonly actions: Readonly<Record<string, Action>>;
}

const ANNOTATIONS: Record<'read' | 'write' | 'destructive', Annotations> = {
  read: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  write: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  destructive: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
};

/** Defines a tool; `kind` says what the worst of its actions can do. */
export function tool(spec: {
  name: string;
  summary: string;
  kind: keyof typeof ANNOTATIONS;
  actions: Record<string, Action>;
}): Tool {
  return {
    name: spec.name,
    brief: false,
    summary: spec.summary,
    annotations: ANNOTATIONS[spec.kind],
    actions: spec.actions,
  };
}

function without(shape: z.ZodRawShape, other: z.ZodRawShape): z.ZodRawShape {
  return Object.fromEntries(Object.entries(shape).filter(([key]) => !(key in other)));
}
