import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { countRows, refusal, rowsOf, temporaryFolder, withTestDatabase } from '../../db/__tests__/fixtures.ts';
import {
  createPlan,
  createWorkspace,
  deletePlan,
  findPlanById,
  getContext,
  getDb,
  getKnowledge,
  getPlanState,
  getPlansByWorkspace,
  getResearch,
  getWorkspace,
  getWorkspaceByPath,
  getWorkspaceMeta,
  listProgramPlans,
  listPrograms,
  queryAll,
  updatePlan,
  updateStep,
} from '../../db/index.ts';
import { withReplayedTransactions } from '../../db/query-helpers.ts';
import { importPath } from '../import.ts';
import { exportLegacy } from '../legacy/export-legacy.ts';
import { renderReport } from '../report.ts';
import {
  allRows,
  BAKERY,
  edit,
  everything,
  expectSums,
  expectUnchanged,
  fixture,
  fixtureCopy,
  stepsOf,
} from './support.ts';

const LEGACY = fixture('legacy');
const OVEN = `${BAKERY}/plans/plan_oven/state.json`;

describe('a data directory', () => {
  test('comes in with everything, and the report adds up', () =>
    withTestDatabase(() => {
      const report = importPath(LEGACY);
      expectSums(report);
      expect(report.ok).toBe(true);
      expect(report.format).toBe('legacy');
      expect(report.kinds['plans']).toEqual({ found: 6, new: 5, updated: 0, unchanged: 0, conflicts: 0, skipped: 1 });
      expect(renderReport(report)).toMatch(/^total +\d+ +\d+/m);
    }));

  test('keeps the ids, dates, order and words of a plan', () =>
    withTestDatabase(() => {
      importPath(LEGACY);
      const plan = getPlanState('plan_oven');
      expect(plan).toMatchObject({
        workspace_id: BAKERY,
        category: 'feature',
        priority: 'critical',
        status: 'active',
        created_at: '2026-01-01T08:00:00.000Z',
        updated_at: '2026-01-01T18:00:00.000Z',
        goals: ['Bake more'],
        success_criteria: ['200 rolls an hour', 'No smoke'],
        categorization: { confidence: 0.9 },
        deployment_context: { deployed_agent: 'Executor' },
        paused_at_snapshot: { step_task: 'Fit the oven' },
        recommended_next_agent: 'Reviewer',
        meta: { imported: { said: { category: { as: 'feature', said: 'change' } } } },
      });
      expect(plan?.phases.map(({ name }) => name)).toEqual(['Plan', 'Build']);
      expect(plan?.steps.map(({ task, legacy_index }) => [task, legacy_index])).toEqual([
        ['Measure the room', 0],
        ['Plan the opening', 3],
        ['Order the oven', 1],
        ['Fit the oven', 2],
        ['Light it', 4],
      ]);
      expect(plan?.steps[0]).toMatchObject({
        notes: '3 by 4',
        completed_at: '2026-01-01T09:30:00.000Z',
        status: 'done',
      });
      expect(plan?.steps[1]).toMatchObject({ requires_user_confirmation: true });
      expect(plan?.confirmation_state).toEqual({
        phases: { Plan: { confirmed: true, confirmed_by: 'user', confirmed_at: '2026-01-01T10:00:00.500Z' } },
        steps: { 0: { confirmed: true, confirmed_by: 'Reviewer', confirmed_at: '2026-01-01T10:00:00.000Z' } },
      });
      expect(plan?.steps[3]?.depends_on).toEqual([plan?.steps[2]?.id]);
      expect(plan?.notes).toMatchObject([{ note: 'Mind the gas pipe', type: 'warning', added_by: 'user' }]);
      expect(plan?.agent_sessions).toMatchObject([
        {
          session_id: 'sess_oven_1',
          stats: { steps_completed: 2 },
          artifacts: ['plan.md'],
          completed_at: '2026-01-01T10:00:00.000Z',
        },
        { session_id: 'sess_oven_2', completed_at: null, is_orphaned: false },
      ]);
    }));

  test('an unknown word of a closed set becomes the default, and the original is kept and reported', () =>
    withTestDatabase(() => {
      const { unknown_words } = importPath(LEGACY);
      expect(unknown_words.map(({ field, said, became }) => [field, said, became])).toEqual([
        ['type', 'magic', 'standard'],
        ['status', 'skipped', 'pending'],
      ]);
      const step = getPlanState('plan_oven')?.steps.find(({ task }) => task === 'Light it');
      expect(step?.meta).toMatchObject({
        imported: { said: { status: { said: 'skipped' }, type: { said: 'magic' } } },
      });
    }));

  test('files of a plan become context, research and prompts', () =>
    withTestDatabase(() => {
      importPath(LEGACY);
      const items = getContext('plan', 'plan_oven').map(({ type, key, created_at }) => [
        type,
        key,
        created_at.slice(11, 16),
      ]);
      expect(items.sort()).toEqual([
        ['handoff_executor_to_reviewer', 'handoff_executor_to_reviewer', '10:00'],
        ['investigation', 'investigations/smoke', '11:00'],
        ['original_request', 'original_request', '08:00'],
        ['review', 'review', '10:05'],
      ]);
      const [review] = getContext('plan', 'plan_oven', 'review');
      expect(JSON.parse(review?.data ?? '')).toEqual({
        verdict: 'good',
        _security: { source: 'agent', sanitized: true },
      });
      expect(getPlanState('plan_oven')?.lineage[0]?.data).toEqual({ files: ['plan.md'] });
      const [ovens] = rowsOf('research_documents').filter(({ filename }) => filename === 'ovens.md');
      expect(ovens?.created_at).toBe('2026-01-01T08:30:00.000Z');
      expect(getResearch('plan_oven', 'prices')).toBe('Too high.\n');
      expect(getResearch('plan_oven', 'prompts/fitter.prompt.md')).toBe('Fit the oven with care.\n');
    }));

  test('a plan goes to the archive by its status, not by its folder, with all its children', () =>
    withTestDatabase(() => {
      importPath(LEGACY);
      expect(findPlanById('plan_menu')?.archived).toBe(true);
      expect(findPlanById('plan_flour')?.archived).toBe(false);
      expect(countRows('steps_archive', { plan_id: 'plan_menu', status: 'pending' })).toBe(1);
      expect(countRows('plan_notes_archive', { plan_id: 'plan_menu' })).toBe(1);
      expect(countRows('context_items_archive', { plan_id: 'plan_menu' })).toBe(1);
      expect(countRows('plans', { id: '_archived' }) + countRows('plans_archive', { id: '_archived' })).toBe(0);
    }));

  test('programs of both generations know their plans, in the order of the program', () =>
    withTestDatabase(() => {
      importPath(LEGACY);
      const [season, reach] = listPrograms(BAKERY);
      expect(season).toMatchObject({ title: 'Season', source_plan_id: 'plan_season' });
      expect(listProgramPlans(season?.id ?? '').map(({ id }) => id)).toEqual(['plan_oven', 'plan_menu']);
      expect(getPlanState('plan_season')).toMatchObject({
        steps: [{ task: 'Watch over all', assignee: 'Builder' }],
        agent_sessions: [{ session_id: 'sess_season' }],
        lineage: [{ from_agent: 'User' }],
      });
      expect(reach).toMatchObject({ id: 'prog_reach', title: 'Reach' });
      expect(listProgramPlans('prog_reach').map(({ id }) => id)).toEqual(['plan_v2']);
      expect(rowsOf('program_risks')).toMatchObject([{ id: 'risk_1', severity: 'high' }]);
      expect(
        rowsOf('dependencies').map(({ source_type, target_id, dependency_type }) => [
          source_type,
          target_id,
          dependency_type,
        ]),
      ).toContainEqual(['phase', 'plan_oven', 'informs']);
      expect(getPlanState('plan_v2')?.phases).toMatchObject([
        {
          name: 'Buy',
          approval_required: true,
          success_criteria: ['two bicycles'],
          meta: { imported: { rest: { required_agents: ['Executor'] } } },
        },
        { name: 'Ride', approval_required: false },
      ]);
    }));

  test('the workspace has its directory name as id, and every older id and path leads to it', () =>
    withTestDatabase(() => {
      importPath(LEGACY);
      for (const id of [BAKERY, 'Bakery-999888777666']) expect(getWorkspace(id)?.id, id).toBe(BAKERY);
      for (const path of ['C:/projects/bakery', 'd:\\mirror\\Bakery'])
        expect(getWorkspaceByPath(path)?.id, path).toBe(BAKERY);
      expect(getWorkspaceMeta(BAKERY)).toMatchObject({
        name: 'Bakery',
        profile: { total_files: 3 },
        meta: { terminal_allowlist: { patterns: ['git status', 'npm test'] } },
      });
      expect(getKnowledge(BAKERY, 'opening-hours')).toMatchObject({
        data: '{"text":"From six to six."}',
        created_by_agent: 'Archivist',
      });
      expect(getKnowledge(BAKERY, 'suppliers')?.data).toContain('The mill by the river.');
      expect(
        getContext('workspace', BAKERY)
          .map(({ key }) => key)
          .sort(),
      ).toEqual(['conventions', 'purpose']);
      expect(queryAll("SELECT summary, data, json_extract(meta, '$.log') AS log FROM update_log ORDER BY seq")).toEqual(
        [
          { summary: 'Created', data: '{"untracked":true,"warning":"not tracked"}', log: null },
          { summary: 'Stepped', data: '{"untracked":false}', log: null },
          { summary: 'Created', data: '{"warning":"not tracked"}', log: 'audit_log' },
        ],
      );
      expect(queryAll('SELECT id, workspace_id FROM event_log ORDER BY seq')).toEqual([
        { id: 'evt_mk1_aaaa', workspace_id: BAKERY },
        { id: 'evt_mk2_bbbb', workspace_id: BAKERY },
      ]);
    }));

  test('of a workspace that was registered here before goes into it', () =>
    withTestDatabase(() => {
      const { id } = createWorkspace({ path: 'C:\\Projects\\Bakery' });
      const report = importPath(LEGACY);
      expectSums(report);
      expect(report.workspaces).toEqual([id]);
      expect(report.conflicts.map(({ kind }) => kind)).toEqual(['workspaces']);
      expect(getWorkspace(BAKERY)?.id).toBe(id);
      expect(findPlanById('plan_oven')?.workspaceId).toBe(id);
      const before = everything();
      importPath(LEGACY);
      expect(everything()).toBe(before);
    }));

  test('a second run finds everything unchanged and writes nothing', () =>
    withTestDatabase(() => {
      importPath(LEGACY);
      const before = everything();
      const report = importPath(LEGACY);
      expectSums(report);
      expectUnchanged(report);
      expect(everything()).toBe(before);
    }));

  test('a dry run answers the same report and writes nothing', () =>
    withTestDatabase(() => {
      const before = everything();
      const dry = importPath(LEGACY, { dryRun: true });
      expect(everything()).toBe(before);
      expect({ ...dry, dry_run: false }).toEqual(importPath(LEGACY));
    }));

  test('tells who waits how many files there are, and of each of them once', () =>
    withTestDatabase(() => {
      const told: string[] = [];
      const progress = {
        start: (files: number) => told.push(`${files} files`),
        file: () => told.push('file'),
        stop: () => told.push('stop'),
      };
      const { kinds } = importPath(LEGACY, { progress });
      const files = kinds['files']?.found ?? 0;
      expect(files).toBeGreaterThan(20);
      expect(told).toEqual([`${files} files`, ...Array.from({ length: files }, () => 'file'), 'stop']);
    }));

  test('one workspace can be chosen, by its id or by its folder', () =>
    withTestDatabase(() => {
      expect(refusal(() => importPath(LEGACY, { workspace: 'elsewhere' })).sentence).toMatch(`It has: ${BAKERY}`);
      expect(importPath(LEGACY, { workspace: BAKERY }).workspaces).toEqual([BAKERY]);
      const report = importPath(join(LEGACY, BAKERY));
      expect(report.workspaces).toEqual([BAKERY]);
      expectUnchanged(report);
    }));
});

describe('a source that has grown', () => {
  test('one inserted step is one difference, and stands where the source has it', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      importPath(folder);
      edit(folder, OVEN, (state) => {
        stepsOf(state).splice(2, 0, { phase: 'Build', task: 'Pay for it', status: 'pending', type: 'standard' });
        for (const [index, step] of stepsOf(state).entries()) step['index'] = index;
      });
      const report = importPath(folder);
      expectSums(report);
      expect(report.kinds['steps']).toMatchObject({ new: 1, updated: 0, unchanged: 11, conflicts: 0 });
      const steps = getPlanState('plan_oven')?.steps.filter(({ phase }) => phase === 'Build');
      expect(steps?.map(({ task, legacy_index }) => [task, legacy_index])).toEqual([
        ['Order the oven', 1],
        ['Pay for it', 2],
        ['Fit the oven', 3],
        ['Light it', 5],
      ]);
      const before = everything();
      expectUnchanged(importPath(folder));
      expect(everything()).toBe(before);
    }));

  test('a re-worded step, a finished one and a new note are changed in place', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      importPath(folder);
      const ids = getPlanState('plan_oven')?.steps.map(({ id }) => id);
      edit(folder, OVEN, (state) => {
        const [first, second] = stepsOf(state);
        Object.assign(first ?? {}, { task: 'Measure the whole room' });
        Object.assign(second ?? {}, { completed_at: '2026-01-02T00:00:00.000Z' });
        (state['pending_notes'] as unknown[]).push({
          note: 'Call the fitter',
          type: 'info',
          added_at: '2026-01-02T00:00:00.000Z',
          added_by: 'agent',
        });
      });
      const report = importPath(folder);
      expect(report.kinds['steps']).toMatchObject({ new: 0, updated: 2, conflicts: 0 });
      expect(report.kinds['notes']).toMatchObject({ new: 1 });
      const plan = getPlanState('plan_oven');
      expect(plan?.steps.map(({ id }) => id)).toEqual(ids);
      expect(plan?.steps[0]?.task).toBe('Measure the whole room');
      expect(plan?.notes.map(({ note }) => note)).toEqual(['Mind the gas pipe', 'Call the fitter']);
    }));

  test('an archived plan takes what is new and stays archived; one that became active comes back', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      importPath(folder);
      const path = `${BAKERY}/plans/plan_menu/state.json`;
      edit(folder, path, (state) =>
        stepsOf(state).push({ index: 2, phase: 'Print', task: 'Fold it', status: 'pending', type: 'standard' }),
      );
      expect(importPath(folder).kinds['steps']).toMatchObject({ new: 1 });
      expect(findPlanById('plan_menu')?.archived).toBe(true);
      expect(countRows('steps_archive', { plan_id: 'plan_menu' })).toBe(3);
      edit(folder, path, (state) => Object.assign(state, { status: 'active' }));
      importPath(folder);
      expect(findPlanById('plan_menu')?.archived).toBe(false);
      expect(countRows('steps', { plan_id: 'plan_menu' })).toBe(3);
    }));

  test('an entry that has left the log stays, and what is gone from a plan is named and stays', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      importPath(folder);
      edit(folder, `${BAKERY}/workspace.context.json`, (context) => {
        const log = context['update_log'] as { entries: unknown[] };
        log.entries = [
          ...log.entries.slice(1),
          { timestamp: '2026-01-03T00:00:00.000Z', tool: 'x', file_path: 'y', summary: 'Third' },
        ];
      });
      edit(folder, OVEN, (state) => stepsOf(state).pop());
      const report = importPath(folder);
      expect(report.kinds['update_log']).toMatchObject({ found: 2, new: 1, unchanged: 1 });
      expect(queryAll('SELECT summary FROM update_log WHERE meta IS NULL ORDER BY seq')).toEqual([
        { summary: 'Created' },
        { summary: 'Stepped' },
        { summary: 'Third' },
      ]);
      expect(report.gone).toMatchObject([{ kind: 'steps', path: OVEN, position: 4 }]);
      expect(getPlanState('plan_oven')?.steps).toHaveLength(5);
    }));
});

describe('rows that people changed', () => {
  test('stay as they are and are reported as conflicts, whether the source changed or not', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      importPath(folder);
      const step = getPlanState('plan_oven')?.steps.find(({ task }) => task === 'Fit the oven');
      updateStep(step?.id ?? '', { notes: 'the fitter is well again' });
      updatePlan('plan_flour', { title: 'More flour' });
      deletePlan('plan_v2');
      edit(folder, `${BAKERY}/plans/plan_flour/../_archived/plan_flour/state.json`, (state) =>
        Object.assign(state, { title: 'Less flour' }),
      );
      const report = importPath(folder);
      expectSums(report);
      expect(report.ok).toBe(true);
      const reasons = report.conflicts.map(({ kind, id, reason }) => [kind, id, reason]);
      expect(reasons).toContainEqual(['steps', step?.id, 'changed here since the import']);
      expect(reasons).toContainEqual([
        'plans',
        'plan_flour',
        'changed here since the import, and the source has changed too',
      ]);
      expect(reasons).toContainEqual(['plans', 'plan_v2', 'deleted here since the import']);
      expect(getPlanState('plan_flour')?.title).toBe('More flour');
      expect(getPlanState('plan_v2')).toBeNull();
      const before = everything();
      importPath(folder);
      expect(everything()).toBe(before);
    }));

  test('and the same change in the source are in accord', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      importPath(folder);
      updatePlan('plan_flour', { title: 'More flour' });
      edit(folder, `${BAKERY}/plans/_archived/plan_flour/state.json`, (state) =>
        Object.assign(state, { title: 'More flour' }),
      );
      expectUnchanged(importPath(folder));
    }));
});

describe('what is damaged', () => {
  test('is named and left out, and the rest comes in', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      const plans = join(folder, BAKERY, 'plans');
      const broken: Record<string, string> = {
        plan_truncated: '{"id": "plan_truncated", "steps": [',
        plan_empty: '',
        plan_null: 'null',
        plan_list: '[1, 2]',
      };
      for (const [name, text] of Object.entries(broken)) {
        mkdirSync(join(plans, name));
        writeFileSync(join(plans, name, 'state.json'), text);
      }
      mkdirSync(join(plans, 'plan_stateless'));
      writeFileSync(join(plans, 'plan_stateless', 'review.json'), '{"type":"review"}');
      writeFileSync(join(plans, 'plan_oven', 'broken.json'), '{"type": "review"');
      writeFileSync(join(plans, 'plan_oven', 'research_notes', 'image.png'), Buffer.from([0x89, 0x50, 0xff, 0x00]));
      edit(folder, OVEN, (state) => stepsOf(state).push(null as never));
      const report = importPath(folder);
      expectSums(report);
      expect(report.ok).toBe(false);
      const errors = report.skipped.filter(({ error, kind }) => error && kind !== 'files');
      expect(errors.map(({ kind, path, reason }) => [kind, path.slice(path.indexOf('plan_')), reason]).sort()).toEqual([
        ['context', 'plan_oven/broken.json', expect.stringMatching(/^not valid JSON/)],
        ['plans', 'plan_empty/state.json', 'empty'],
        ['plans', 'plan_list/state.json', 'holds a list instead of a plan'],
        ['plans', 'plan_null/state.json', 'holds null instead of a plan'],
        ['plans', 'plan_stateless/state.json', 'no state.json'],
        ['plans', 'plan_truncated/state.json', expect.stringMatching(/^not valid JSON/)],
        ['research', 'plan_oven/research_notes/image.png', 'not UTF-8 text'],
        ['steps', 'plan_oven/state.json#steps', 'is null'],
      ]);
      expect(report.skipped.filter(({ path }) => path.includes('plan_stateless/review.json'))).toHaveLength(1);
      expect(report.kinds['plans']).toMatchObject({ found: 11, new: 5, skipped: 6 });
    }));

  test('a workspace without its own files comes in by the name of its folder', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      for (const name of ['workspace.meta.json', 'workspace.context.json']) rmSync(join(folder, BAKERY, name));
      rmSync(join(folder, 'workspace-registry.json'));
      const report = importPath(folder);
      expectSums(report);
      expect(getWorkspace(BAKERY)).toMatchObject({ path: BAKERY, name: BAKERY });
    }));

  test('an id that is taken twice leads to two rows, and both keep their children', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      const twin = join(folder, BAKERY, 'plans', 'flour');
      mkdirSync(twin);
      writeFileSync(
        join(twin, 'state.json'),
        JSON.stringify({
          id: 'plan_flour',
          title: 'Twin',
          status: 'active',
          steps: [{ phase: 'A', task: 'One', status: 'pending' }],
        }),
      );
      const report = importPath(folder);
      expectSums(report);
      expect(report.notes.map(({ reason }) => reason)).toEqual(['the id plan_flour is taken, so it got another one']);
      expect(queryAll("SELECT title FROM plans WHERE title IN ('Twin', 'Flour') ORDER BY title")).toEqual([
        { title: 'Flour' },
        { title: 'Twin' },
      ]);
      const before = everything();
      importPath(folder);
      expect(everything()).toBe(before);
    }));

  test('what is not known at all is refused with the formats that are', () => {
    const folder = temporaryFolder();
    expect(refusal(() => importPath(folder)).sentence).toMatch(
      /nothing that is known here.*--from legacy \| taskmaster/,
    );
    expect(refusal(() => importPath(join(folder, 'none'))).code).toBe('not_found');
  });
});

describe('a workspace that the database refuses', () => {
  /** Two workspaces, and a database that takes no plan called Flour in the second. */
  function twoWorkspaces(): string {
    const folder = fixtureCopy('legacy');
    cpSync(join(folder, BAKERY), join(folder, 'mill-000000000000'), { recursive: true });
    edit(folder, 'mill-000000000000/plans/_archived/plan_flour/state.json', (state) =>
      Object.assign(state, { title: 'Refused' }),
    );
    getDb().exec(`CREATE TRIGGER refuse BEFORE INSERT ON plans WHEN new.title = 'Refused' BEGIN
      SELECT RAISE(ABORT, 'CHECK constraint failed'); END`);
    return folder;
  }

  test('leaves nothing behind and is named with the file, and the others come in', () =>
    withTestDatabase(() => {
      const folder = twoWorkspaces();
      const dry = importPath(folder, { dryRun: true });
      const report = importPath(folder);
      expect({ ...dry, dry_run: false }).toEqual(report);
      expectSums(report);
      expect(report.ok).toBe(false);
      expect(report.workspaces).toEqual([BAKERY]);
      const [error] = report.skipped.filter(({ error: isError }) => isError);
      expect(error).toMatchObject({ kind: 'workspaces', path: 'mill-000000000000' });
      expect(error?.reason).toMatch(
        /nothing of it was imported.*while reading plans\/_archived\/plan_flour\/state\.json/,
      );
      expect(getWorkspace('mill-000000000000')).toBeNull();
      expect(countRows('import_sources', { workspace_id: 'mill-000000000000' })).toBe(0);
    }));

  test('comes in completely as soon as it can, with rows of its own for ids that are taken', () =>
    withTestDatabase(() => {
      const folder = twoWorkspaces();
      importPath(folder);
      getDb().exec('DROP TRIGGER refuse');
      const report = importPath(folder);
      expectSums(report);
      expect(report.workspaces).toEqual([BAKERY, 'mill-000000000000']);
      expect(getPlansByWorkspace('mill-000000000000', { include_archived: true })).toHaveLength(5);
      const before = everything();
      expectUnchanged(importPath(folder));
      expect(everything()).toBe(before);
    }));
});

test('an export that is imported into the database it came from changes nothing', () =>
  withTestDatabase(() => {
    importPath(LEGACY);
    const out = join(temporaryFolder(), 'out');
    exportLegacy(out);
    const before = allRows();
    expectUnchanged(importPath(out));
    expect(allRows()).toEqual(before);
  }));

test('a plan that was made here is left alone with everything in it', () =>
  withTestDatabase(() => {
    createWorkspace({ id: BAKERY, path: '/srv/other' });
    createPlan({ id: 'plan_oven', workspace_id: BAKERY, title: 'Made here' });
    const report = importPath(LEGACY);
    expectSums(report);
    expect(report.conflicts.map(({ kind, id }) => [kind, id])).toEqual([
      ['workspaces', BAKERY],
      ['plans', 'plan_oven'],
    ]);
    expect(getPlanState('plan_oven')).toMatchObject({ title: 'Made here', steps: [] });
    expect(getPlanState('plan_v2')?.title).toBe('Delivery');
  }));

test('a transaction of the importer can be run again', () => {
  const once = withTestDatabase(() => {
    importPath(LEGACY);
    return allRows();
  });
  withTestDatabase(() => {
    withReplayedTransactions(() => importPath(LEGACY));
    expect(allRows()).toEqual(once);
  });
});
