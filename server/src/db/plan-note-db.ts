/** Notes on a plan: what everybody who works on it should see. */
import { now } from '../domain/clock.ts';
import { newId } from '../domain/ids.ts';
import type { NoteAuthor, NoteType } from '../domain/vocabulary.ts';
import { findRows } from './live-or-archived.ts';
import type { PlanNoteRow } from './types.ts';
import { insertRow } from './write-helpers.ts';

export interface NewPlanNote {
  note: string;
  note_type?: NoteType | undefined;
  added_by?: NoteAuthor | undefined;
  /** For imported notes. */
  id?: string | undefined;
  created_at?: string | undefined;
}

/** @throws invalid_input when the plan does not exist. */
export function addPlanNote(planId: string, data: NewPlanNote): PlanNoteRow {
  return insertRow('plan_notes', {
    ...data,
    id: data.id ?? newId('note'),
    plan_id: planId,
    created_at: data.created_at ?? now(),
  });
}

/** The notes of a plan, oldest first; of one type, if given. */
export function getPlanNotes(planId: string, noteType?: NoteType): PlanNoteRow[] {
  return noteType === undefined
    ? findRows('plan_notes', 'WHERE plan_id = ? ORDER BY created_at, seq', [planId])
    : findRows('plan_notes', 'WHERE plan_id = ? AND note_type = ? ORDER BY created_at, seq', [planId, noteType]);
}
