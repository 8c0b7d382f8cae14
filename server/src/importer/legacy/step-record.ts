/** Phases and steps, between the file store and their columns, and the confirmations that lie on both. All pure. */
import { isDeepStrictEqual } from 'node:util';
import type { PhaseRow, StepRow } from '../../db/index.ts';
import { type JsonObject, listFromJson } from '../../domain/stored-values.ts';
import { STEP_STATUSES, STEP_TYPES } from '../../domain/vocabulary.ts';
import { present } from '../leftovers.ts';
import {
  field,
  isObject,
  listJson,
  textOr,
  textOrNull,
  timeOrNull,
  type UnknownWord,
  wordOf,
  wordOrNull,
} from '../values.ts';

/** The dates of the plan, for what has none of its own. */
export interface PlanDates {
  created_at: string;
  updated_at: string;
}

/** What stands where a step names no phase. */
const DEFAULT_PHASE = 'Work';

export function phaseName(value: unknown): string {
  return textOr(value, DEFAULT_PHASE, 500);
}

type PhaseColumns = Omit<PhaseRow, 'seq' | 'id' | 'plan_id' | 'order_index' | 'meta'>;

export function phaseColumns(
  element: JsonObject,
  name: string,
  approval: Confirmed | null,
  dates: PlanDates,
): PhaseColumns {
  return {
    name,
    description: textOrNull(field(element, 'description')),
    success_criteria: listJson(field(element, 'success_criteria')),
    approval_required: field(element, 'approval_required') === true ? 1 : 0,
    approved_at: approval?.at ?? null,
    approved_by: approval?.by ?? null,
    ...dates,
  };
}

export function phaseElement(row: PhaseColumns, sequence: number): JsonObject {
  return {
    name: row.name,
    sequence,
    ...present({ description: row.description }),
    success_criteria: listFromJson(row.success_criteria),
    approval_required: row.approval_required === 1,
  };
}

type StepColumns = Pick<
  StepRow,
  | 'task'
  | 'type'
  | 'status'
  | 'notes'
  | 'assignee'
  | 'requires_confirmation'
  | 'requires_user_confirmation'
  | 'requires_validation'
  | 'confirmed_at'
  | 'confirmed_by'
  | 'completed_at'
  | 'created_at'
  | 'updated_at'
>;

export function stepColumns(
  element: JsonObject,
  {
    confirmation,
    dates,
    unknown,
  }: { confirmation: Confirmed | null; dates: PlanDates; unknown: (word: UnknownWord) => void },
): StepColumns {
  const flag = (name: string) => (field(element, name) === true ? 1 : 0);
  const completed = timeOrNull(field(element, 'completed_at'));
  return {
    task: textOr(field(element, 'task'), '(no text)'),
    type: wordOf(STEP_TYPES, field(element, 'type'), 'standard', { field: 'type', unknown }),
    status: wordOf(STEP_STATUSES, field(element, 'status'), 'pending', { field: 'status', unknown }),
    notes: textOrNull(field(element, 'notes')),
    assignee: wordOrNull(field(element, 'assignee')),
    requires_confirmation: flag('requires_confirmation'),
    requires_user_confirmation: flag('requires_user_confirmation'),
    requires_validation: flag('requires_validation'),
    confirmed_at: confirmation?.at ?? null,
    confirmed_by: confirmation?.by ?? null,
    completed_at: completed,
    created_at: dates.created_at,
    updated_at: completed ?? dates.updated_at,
  };
}

export interface StepPlace {
  /** Only where the file store gave steps an id. */
  id?: string | undefined;
  index: number;
  phase: string;
  dependsOn: readonly number[];
}

export function stepElement(row: StepColumns, { id, index, phase, dependsOn }: StepPlace): JsonObject {
  const yes = (flag: 0 | 1) => (flag === 1 ? true : null);
  return {
    ...present({ id }),
    index,
    phase,
    task: row.task,
    status: row.status,
    type: row.type,
    ...present({
      requires_confirmation: yes(row.requires_confirmation),
      requires_user_confirmation: yes(row.requires_user_confirmation),
      requires_validation: yes(row.requires_validation),
      assignee: row.assignee,
      notes: row.notes,
      completed_at: row.completed_at,
      depends_on: dependsOn.length > 0 ? dependsOn : null,
    }),
  };
}

/** A confirmation that was given. */
export interface Confirmed {
  at: string;
  by: string | null;
}

/** Entries of `confirmation_state`, by name of the phase and by index of the step. */
export interface Confirmations {
  phases: JsonObject;
  steps: JsonObject;
}

export function confirmationsOf(state: JsonObject): Confirmations {
  const all = field(state, 'confirmation_state');
  const part = (name: 'phases' | 'steps') => {
    const map = isObject(all) ? field(all, name) : undefined;
    return isObject(map) ? map : {};
  };
  return { phases: part('phases'), steps: part('steps') };
}

/** Null for an entry that confirms nothing. Without a time of its own it is dated as its plan. */
export function confirmedBy(entry: unknown, since: string): Confirmed | null {
  if (!isObject(entry) || field(entry, 'confirmed') !== true) return null;
  return { at: timeOrNull(field(entry, 'confirmed_at')) ?? since, by: textOrNull(field(entry, 'confirmed_by')) };
}

export function confirmationElement({ at, by }: Confirmed): JsonObject {
  return { confirmed: true, ...present({ confirmed_by: by }), confirmed_at: at };
}

/** The entries that the rows do not say again: those of no phase or step, and those in another form. */
export function confirmationLeftovers(said: Confirmations, rows: Confirmations): Confirmations | null {
  const left = (part: keyof Confirmations) => {
    const entries = Object.entries(said[part]).filter(([key, entry]) => !isDeepStrictEqual(rows[part][key], entry));
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  const all = { phases: left('phases'), steps: left('steps') };
  return Object.keys(all.phases).length + Object.keys(all.steps).length > 0 ? all : null;
}

/** The entries again. What was confirmed, or taken back, since speaks for itself. */
export function withConfirmationLeftovers(
  rows: Confirmations,
  left: unknown,
  since: string,
  here: { phases: ReadonlySet<string>; steps: ReadonlySet<string> },
): Confirmations {
  const whole = (part: keyof Confirmations) => {
    const entries = isObject(left) && isObject(left[part]) ? Object.entries(left[part]) : [];
    const kept = entries.filter(([key, entry]) => {
      const confirmed = confirmedBy(entry, since);
      const row = rows[part][key];
      if (confirmed === null || !here[part].has(key)) return row === undefined;
      return isDeepStrictEqual(row, confirmationElement(confirmed));
    });
    return Object.fromEntries([...Object.entries(rows[part]), ...kept]);
  };
  return { phases: whole('phases'), steps: whole('steps') };
}
