import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { refusal, rowsOf, temporaryFolder, withTestDatabase } from '../../db/__tests__/fixtures.ts';
import { createWorkspace, getKnowledge, getPlanSteps, listKnowledge, updateStep } from '../../db/index.ts';
import { importPath } from '../import.ts';
import { edit, everything, expectSums, expectUnchanged, fixture, fixtureCopy } from './support.ts';

/** Title of the plan → task, status, how many it waits for. */
function plans(): Record<string, unknown[]> {
  return Object.fromEntries(
    rowsOf('plans').map(({ id, title }) => [
      title,
      getPlanSteps(id).map(({ phase, task, status, depends_on }) => [phase, task, status, depends_on.length]),
    ]),
  );
}

describe.each(['taskmaster', 'beads', 'backlog', 'memory'] as const)('%s', (format) => {
  test('is recognised, adds up, registers the project, and is imported once', () =>
    withTestDatabase(() => {
      const report = importPath(fixture(format));
      expect(report.format).toBe(format);
      expectSums(report);
      expect(report.ok).toBe(true);
      expect(rowsOf('workspaces').map(({ path }) => path)).toEqual([fixture(format)]);
      const before = everything();
      const again = importPath(fixture(format), { from: format });
      expectSums(again);
      expectUnchanged(again);
      expect(everything()).toBe(before);
    }));

  test('goes into a workspace that is named, and a dry run writes nothing', () =>
    withTestDatabase(() => {
      const { id } = createWorkspace({ path: '/srv/shop' });
      const before = everything();
      importPath(fixture(format), { workspace: id, dryRun: true });
      expect(everything()).toBe(before);
      expect(importPath(fixture(format), { workspace: id }).workspaces).toEqual([id]);
      expect(rowsOf('workspaces')).toHaveLength(1);
      expect(refusal(() => importPath(fixture(format), { workspace: 'ws_none' })).code).toBe('not_found');
    }));

  test('cut off in the middle is named, and never an error of the program', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy(format);
      const file = {
        taskmaster: '.taskmaster/tasks/tasks.json',
        beads: '.beads/issues.jsonl',
        backlog: 'backlog/tasks/task-2 - Bake.md',
        memory: 'memory.jsonl',
      }[format];
      const bytes = readFileSync(join(folder, file));
      writeFileSync(
        join(folder, file),
        format === 'backlog' ? Buffer.from([0xff, 0xfe]) : bytes.subarray(0, bytes.length - 40),
      );
      const report = importPath(folder);
      expectSums(report);
      expect(report.ok).toBe(false);
    }));
});

describe('Task Master', () => {
  test('tags become plans, tasks and subtasks steps, with what each waits for', () =>
    withTestDatabase(() => {
      const report = importPath(fixture('taskmaster'));
      expect(plans()).toEqual({
        'Task Master: master': [
          ['Tasks', 'Set up the shop', 'done', 0],
          ['Tasks', 'Set up the shop: Rent', 'done', 0],
          ['Tasks', 'Set up the shop: Paint', 'active', 1],
          ['Tasks', 'Open', 'pending', 2],
        ],
        'Task Master: summer': [['Tasks', 'Ice cream', 'pending', 0]],
      });
      const [first, , , open] = rowsOf('steps');
      expect(first?.notes).toBe('Rent and paint\n\n## Details\n\nWhite walls\n\n## Test strategy\n\nLook at it');
      expect(JSON.parse(open?.meta ?? '')).toMatchObject({
        taskmaster: { priority: 'medium', metadata: { githubIssue: 42 } },
      });
      expect(report.unknown_words).toMatchObject([{ field: 'status', said: 'waiting', became: 'pending' }]);
      expect(report.skipped).toMatchObject([{ kind: 'dependencies', reason: '2: 9 is not there' }]);
      expect(rowsOf('plans')[0]).toMatchObject({
        description: 'The shop',
        created_at: '2026-01-02T08:00:00.000Z',
        execution: 'free',
      });
    }));

  test('an inserted task is one difference; a step that was changed here stays', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('taskmaster');
      importPath(folder);
      const open = rowsOf('steps').find(({ task }) => task === 'Open');
      updateStep(open?.id ?? '', { notes: 'at nine' });
      edit(folder, '.taskmaster/tasks/tasks.json', (value) => {
        const { tasks } = value['master'] as { tasks: unknown[] };
        tasks.splice(1, 0, {
          id: 3,
          title: 'Hang the sign',
          description: '',
          status: 'pending',
          dependencies: [],
          subtasks: [],
        });
      });
      const report = importPath(folder);
      expect(report.kinds['steps']).toMatchObject({ found: 6, new: 1, unchanged: 4, conflicts: 1 });
      expect(plans()['Task Master: master']?.map((step) => (step as string[])[1])).toEqual([
        'Set up the shop',
        'Set up the shop: Rent',
        'Set up the shop: Paint',
        'Hang the sign',
        'Open',
      ]);
    }));

  test('the older file without tags is read too', () =>
    withTestDatabase(() => {
      const folder = temporaryFolder();
      writeFileSync(
        join(folder, 'tasks.json'),
        JSON.stringify({ meta: { projectName: 'Shop' }, tasks: [{ id: 1, title: 'One', status: 'deferred' }] }),
      );
      importPath(join(folder, 'tasks.json'), { from: 'taskmaster' });
      expect(plans()).toEqual({ Shop: [['Tasks', 'One', 'blocked', 0]] });
      expect(rowsOf('steps')[0]?.blocked_reason).toBe('deferred in Task Master');
    }));
});

describe('Beads', () => {
  test('issues become steps, an epic a phase, blocks and other edges what they say', () =>
    withTestDatabase(() => {
      importPath(fixture('beads'));
      expect(plans()).toEqual({
        'Beads issues': [
          ['Online shop', 'Online shop', 'pending', 0],
          ['Online shop', 'Basket', 'active', 1],
          ['Issues', 'Basket loses rolls', 'done', 0],
        ],
      });
      const [, basket, bug] = rowsOf('steps');
      expect(basket).toMatchObject({
        type: 'code',
        assignee: 'ada',
        notes: 'Holds rolls\n\n## Design\n\nA list\n\n## Acceptance criteria\n\nHolds ten',
      });
      expect(JSON.parse(basket?.meta ?? '')).toMatchObject({
        beads: { priority: 0, labels: ['web'], comments: [{ text: 'Make it round' }], estimated_minutes: 90 },
      });
      expect(bug).toMatchObject({ type: 'fix', completed_at: '2026-01-04T10:00:00.000Z' });
      expect(
        rowsOf('dependencies').map(({ source_id, target_id, dependency_type, status }) => [
          source_id === basket?.id,
          target_id === bug?.id,
          dependency_type,
          status,
        ]),
      ).toEqual([
        [true, true, 'blocks', 'satisfied'],
        [false, false, 'informs', 'pending'],
      ]);
    }));
});

describe('Backlog.md', () => {
  test('task files become steps in the phases of their milestones, and other documents research', () =>
    withTestDatabase(() => {
      importPath(fixture('backlog'));
      expect(plans()).toEqual({
        Bakery: [
          ['Drafts', 'Cake', 'pending', 0],
          ['First bread', 'Knead dough', 'done', 0],
          ['Tasks', 'Bake', 'pending', 1],
        ],
      });
      const dough = rowsOf('steps').find(({ task }) => task === 'Knead dough');
      expect(dough).toMatchObject({
        assignee: '@ada',
        created_at: '2026-01-02T08:15:00.000Z',
        completed_at: '2026-01-03T09:30:00.000Z',
      });
      expect(dough?.notes).toContain('Took an hour.');
      expect(JSON.parse(dough?.meta ?? '')).toMatchObject({
        backlog: {
          assignees: ['@ada', '@bo'],
          labels: ['dough'],
          priority: 'high',
          acceptance_criteria: [
            { text: 'It rises', done: true },
            { text: 'It smells good', done: false },
          ],
        },
      });
      expect(
        rowsOf('research_documents').map(({ filename, created_at }) => [filename, created_at.slice(0, 10)]),
      ).toEqual([['decisions/decision-1 - Use-rye.md', '2026-01-02']]);
    }));
});

describe('the reference memory server', () => {
  test('entities become knowledge, with their relations', () =>
    withTestDatabase(() => {
      const report = importPath(fixture('memory'));
      const [workspace] = report.workspaces;
      expect(
        listKnowledge(workspace ?? '')
          .map(({ slug, category }) => [slug, category])
          .sort(),
      ).toEqual([
        ['ada-baker', 'person'],
        ['nobody', 'reference'],
        ['the-mill', 'organization'],
      ]);
      const ada = getKnowledge(workspace ?? '', 'ada-baker');
      expect(ada?.title).toBe('Ada_Baker');
      expect(JSON.parse(ada?.data ?? '')).toEqual({
        observations: ['Bakes rye', 'Up at four'],
        relations: [{ to: 'The Mill', relationType: 'buys_from' }],
      });
      expect(report.kinds['relations']).toMatchObject({ found: 2, new: 2 });
      expect(report.notes).toHaveLength(1);
    }));
});

test('files of two tools at one place ask which', () =>
  withTestDatabase(() => {
    const folder = fixtureCopy('taskmaster');
    cpSync(fixture('beads'), folder, { recursive: true });
    expect(refusal(() => importPath(folder)).sentence).toMatch(
      /files of taskmaster and beads\. Say what to read with --from/,
    );
    expect(importPath(folder, { from: 'beads' }).format).toBe('beads');
  }));
