import { describe, expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import { createProgram, getProgram, listPrograms, type NewProgram, updateProgram } from '../program-db.ts';
import { deleteWorkspace } from '../workspace-db.ts';
import { aWorkspace, countRows, refusal, withTestDatabase } from './fixtures.ts';

describe('createProgram, getProgram, listPrograms', () => {
  test('a program with only a title is active, of medium priority', () =>
    withTestDatabase(() => {
      const { id } = aWorkspace();
      const created = createProgram(id, { title: 'Program' });
      expect(created).toEqual(getProgram(created.id));
      expect(created).toMatchObject({
        workspace_id: id,
        title: 'Program',
        category: 'program',
        priority: 'medium',
        status: 'active',
        goals: '[]',
        success_criteria: '[]',
        source_plan_id: null,
        completed_at: null,
      });
    }));

  test('stores every field that is given', () =>
    withTestDatabase(() => {
      const fields = {
        id: 'prog_old',
        title: 'Program',
        description: 'Text',
        category: 'refactor',
        priority: 'critical',
        status: 'paused',
        source_plan_id: 'plan_1',
        created_at: '2020-01-01T00:00:00.000Z',
      } as const satisfies NewProgram;
      const lists = { goals: ['g'], success_criteria: ['s'] };
      expect(createProgram(aWorkspace().id, { ...fields, ...lists, meta: { a: 1 } })).toMatchObject({
        ...fields,
        goals: '["g"]',
        success_criteria: '["s"]',
        meta: '{"a":1}',
      });
    }));

  test('are listed in the order they were made, and go with their workspace', () =>
    withTestDatabase(() => {
      const { id } = aWorkspace();
      const made = ['B', 'A'].map((title) => createProgram(id, { title }));
      createProgram(aWorkspace().id, { title: 'C' });
      expect(listPrograms(id)).toEqual(made);
      deleteWorkspace(id);
      expect(listPrograms(id)).toEqual([]);
      expect(getProgram(String(made[0]?.id))).toBeNull();
    }));

  test('refuse an unknown workspace, an empty title and a status that is none', () =>
    withTestDatabase(() => {
      const { id } = aWorkspace();
      expect(refusal(() => createProgram('ws_none', { title: 'P' })).code).toBe('invalid_input');
      expect(refusal(() => createProgram(id, { title: '' })).code).toBe('invalid_input');
      expect(refusal(() => createProgram(id, { title: 'P', status: 'failed' as 'paused' })).code).toBe('invalid_input');
      expect(countRows('programs')).toBe(0);
    }));
});

describe('updateProgram', () => {
  test('changes what is named, clears what is null and keeps the rest', () =>
    withTestDatabase(() => {
      const { id } = createProgram(aWorkspace().id, {
        title: 'Old',
        description: 'Text',
        goals: ['g'],
        meta: { a: 1 },
      });
      const updated = updateProgram(id, { title: 'New', description: null, success_criteria: ['s'] });
      expect(updated).toEqual(getProgram(id));
      expect(updated).toMatchObject({
        title: 'New',
        description: null,
        goals: '["g"]',
        success_criteria: '["s"]',
        meta: '{"a":1}',
      });
    }));

  test('keeps the completion time in step with the status', () =>
    withTestDatabase(() => {
      const { id } = createProgram(aWorkspace().id, { title: 'Program' });
      expect(
        withClock(
          () => 0,
          () => updateProgram(id, { status: 'completed' }),
        ).completed_at,
      ).toBe('1970-01-01T00:00:00.000Z');
      expect(updateProgram(id, { title: 'Renamed' }).completed_at).toBe('1970-01-01T00:00:00.000Z');
      expect(updateProgram(id, { status: 'completed' }).completed_at).toBe('1970-01-01T00:00:00.000Z');
      expect(updateProgram(id, { status: 'active' }).completed_at).toBeNull();
    }));

  test('refuses a program that does not exist and an empty title', () =>
    withTestDatabase(() => {
      const { id } = createProgram(aWorkspace().id, { title: 'Program' });
      expect(refusal(() => updateProgram('prog_none', { title: 'x' })).code).toBe('not_found');
      expect(refusal(() => updateProgram(id, { title: '' })).code).toBe('invalid_input');
    }));
});
