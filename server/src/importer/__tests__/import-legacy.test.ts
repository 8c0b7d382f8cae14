import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { countRows, refusal, rowsOf, temporaryFolder, withTestDatabase } from '../../db/__tests__/fixtures.ts';
import {
  createPlan,
  createWorkspace,
  findPlanById,
  getContext,
  getKnowledge,
  getPlanState,
  getResearch,
  getWorkspace,
  getWorkspaceByPath,
  getWorkspaceMeta,
  listProgramPlans,
  listPrograms,
  queryAll,
} from '../../db/index.ts';
import { withReplayedTransactions } from '../../db/query-helpers.ts';
import { importPath } from '../import.ts';
import { exportLegacy } from '../legacy/export-legacy.ts';
import { renderReport } from '../report.ts';
import { allRows, BAKERY, everything, expectSums, expectUnchanged, fixture } from './support.ts';

const LEGACY = fixture('legacy');

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
