import { expect, test } from 'vitest';
import { archivePlan, deletePlan } from '../plan-db.ts';
import { addPlanNote, getPlanNotes, type NewPlanNote } from '../plan-note-db.ts';
import { aPlan, countRows, refusal, withTestDatabase } from './fixtures.ts';

test('a note is information from an agent, unless it says otherwise', () =>
  withTestDatabase(() => {
    const { plan } = aPlan();
    const note = addPlanNote(plan.id, { note: 'Mind the step' });
    expect(note).toMatchObject({ plan_id: plan.id, note: 'Mind the step', note_type: 'info', added_by: 'agent' });
    const warning = addPlanNote(plan.id, { note: 'Stop', note_type: 'warning', added_by: 'user' });
    expect(warning).toMatchObject({ note_type: 'warning', added_by: 'user' });
  }));

test('notes are read oldest first, all or of one type, live and archived alike', () =>
  withTestDatabase(() => {
    const { plan } = aPlan();
    const add = (day: number, note_type: 'info' | 'warning') =>
      addPlanNote(plan.id, { note: 'n', note_type, created_at: `2020-01-0${day}T00:00:00.000Z` });
    const [late, early, last] = [add(2, 'info'), add(1, 'warning'), add(2, 'warning')];
    addPlanNote(aPlan().plan.id, { note: 'elsewhere' });
    const check = () => {
      expect(getPlanNotes(plan.id)).toEqual([early, late, last]);
      expect(getPlanNotes(plan.id, 'warning')).toEqual([early, last]);
      expect(getPlanNotes(plan.id, 'instruction')).toEqual([]);
    };
    check();
    archivePlan(plan.id);
    check();
  }));

test('notes go with their plan, from the search index too', () =>
  withTestDatabase(() => {
    const { plan } = aPlan();
    addPlanNote(plan.id, { note: 'n' });
    deletePlan(plan.id);
    expect(getPlanNotes(plan.id)).toEqual([]);
    expect(countRows('search_documents', { kind: 'note' })).toBe(0);
  }));

test.each<[string, Partial<NewPlanNote>]>([
  ['an empty note', { note: '' }],
  ['a type that is none', { note_type: 'gossip' as 'info' }],
  ['an author that is none', { added_by: 'tool' as 'user' }],
])('%s is refused', (_what, wrong) =>
  withTestDatabase(() => {
    const { plan } = aPlan();
    expect(refusal(() => addPlanNote(plan.id, { note: 'n', ...wrong })).code).toBe('invalid_input');
    expect(getPlanNotes(plan.id)).toEqual([]);
  }),
);

test('a plan that does not exist or is archived is refused', () =>
  withTestDatabase(() => {
    const { plan } = aPlan();
    archivePlan(plan.id);
    for (const id of [plan.id, 'plan_none']) {
      expect(refusal(() => addPlanNote(id, { note: 'n' })).code).toBe('invalid_input');
    }
  }));
