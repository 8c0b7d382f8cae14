import { describe, expect, test } from 'vitest';
import { addBuildScript } from '../build-script-db.ts';
import { storeContext } from '../context-db.ts';
import { getRowHistory } from '../history-db.ts';
import { storeKnowledge } from '../knowledge-db.ts';
import { archivePlan, getPlan, updatePlan } from '../plan-db.ts';
import { addPlanToProgram, createProgram, linkProgramToWorkspace } from '../program-db.ts';
import { appendResearch } from '../research-db.ts';
import { addUpdateLog } from '../update-log-db.ts';
import {
  addWorkspacePath,
  createWorkspace,
  deleteWorkspace,
  getWorkspace,
  getWorkspaceAround,
  getWorkspaceByPath,
  getWorkspacePaths,
  listWorkspaces,
  updateWorkspace,
} from '../workspace-db.ts';
import { insertRow } from '../write-helpers.ts';
import {
  allIds,
  aPlan,
  aSession,
  aWorkspace,
  countRows,
  hashOfAllRows,
  recordedDeletions,
  refusal,
  withTestDatabase,
} from './fixtures.ts';

describe('createWorkspace', () => {
  test('stores one spelling of the path and takes the name from its last segment', () =>
    withTestDatabase(() => {
      const workspace = createWorkspace({ path: 'c:\\Users\\me\\Shop\\', profile: { language: 'rust' } });
      expect(workspace).toMatchObject({ path: 'C:/Users/me/Shop', name: 'Shop', profile: '{"language":"rust"}' });
      expect(workspace.id).toMatch(/^ws_[0-9a-hjkmnp-tv-z]{12}$/);
      expect(workspace.updated_at).toBe(workspace.created_at);
    }));

  test('keeps the name, id and time of an imported workspace', () =>
    withTestDatabase(() => {
      const imported = { path: '/a', id: 'shop-50e04147a402', name: 'Shop', created_at: '2020-01-02T03:04:05.678Z' };
      expect(createWorkspace(imported)).toMatchObject(imported);
    }));

  test.each([
    ['/projects/shop', '/projects/./shop/'],
    ['C:\\Shop', 'c:/shop'],
    ['C:\\Shop', '\\\\?\\C:\\SHOP'],
    ['C:\\Shop', 'file:///c:/Shop'],
  ])('%s and %s are one directory, so the second is refused', (first, second) =>
    withTestDatabase(() => {
      const { id } = createWorkspace({ path: first });
      const { code, message } = refusal(() => createWorkspace({ path: second }));
      expect(code).toBe('conflict');
      expect(message).toContain(id);
      expect(listWorkspaces()).toHaveLength(1);
    }),
  );

  test('POSIX paths that differ in case are two directories', () =>
    withTestDatabase(() => {
      createWorkspace({ path: '/projects/Shop' });
      expect(createWorkspace({ path: '/projects/shop' }).path).toBe('/projects/shop');
    }));

  test('refuses an empty path, an unknown parent and a time in another form', () =>
    withTestDatabase(() => {
      expect(refusal(() => createWorkspace({ path: '' })).code).toBe('invalid_input');
      expect(refusal(() => createWorkspace({ path: '/a', parent_workspace_id: 'ws_none' })).code).toBe('not_found');
      const seconds = { path: '/a', created_at: '2020-01-02T03:04:05Z' };
      expect(refusal(() => createWorkspace(seconds)).code).toBe('invalid_input');
      expect(listWorkspaces()).toEqual([]);
    }));
});

describe('getWorkspace, getWorkspaceByPath, listWorkspaces', () => {
  test('find a workspace by its id and its path, and nothing by others', () =>
    withTestDatabase(() => {
      const workspace = aWorkspace({ path: 'D:/Work/Shop' });
      expect(getWorkspace(workspace.id)).toEqual(workspace);
      expect(getWorkspaceByPath('d:\\work\\shop\\')).toEqual(workspace);
      expect(getWorkspace('ws_none')).toBeNull();
      expect(getWorkspaceByPath('D:/Work/Shop/src')).toBeNull();
    }));

  test('list in the order of registration, whatever the clock said', () =>
    withTestDatabase(() => {
      const late = aWorkspace({ created_at: '2030-01-01T00:00:00.000Z' });
      const early = aWorkspace({ created_at: '2000-01-01T00:00:00.000Z' });
      expect(listWorkspaces().map(({ id }) => id)).toEqual([late.id, early.id]);
    }));
});

describe('getWorkspaceAround', () => {
  test('finds the workspace that holds a directory most closely, under any of its paths', () =>
    withTestDatabase(() => {
      const outer = aWorkspace({ path: '/work' });
      const inner = aWorkspace({ path: '/work/shop' });
      addWorkspacePath(outer.id, 'D:/mirror');
      expect(getWorkspaceAround('/work/shop/src/deep')?.id).toBe(inner.id);
      expect(getWorkspaceAround('/work/shop')?.id).toBe(inner.id);
      expect(getWorkspaceAround('/work/shopping')?.id).toBe(outer.id);
      expect(getWorkspaceAround('d:\\mirror\\src')?.id).toBe(outer.id);
      expect(getWorkspaceAround('/')).toBeNull();
      expect(getWorkspaceAround('work/shop')).toBeNull();
    }));
});

describe('addWorkspacePath', () => {
  test('lets other paths and older ids lead to the workspace, each once', () =>
    withTestDatabase(() => {
      const { id, path } = aWorkspace();
      addWorkspacePath(id, 'C:\\clone');
      addWorkspacePath(id, 'c:/clone/');
      addWorkspacePath(id, path);
      addWorkspacePath(id, 'shop-50e04147a402', 'legacy_id');
      addWorkspacePath(id, 'shop-50e04147a402', 'legacy_id');
      expect(getWorkspaceByPath('C:/CLONE')?.id).toBe(id);
      expect(getWorkspace('shop-50e04147a402')?.id).toBe(id);
      expect(getWorkspacePaths(id).map((row) => [row.kind, row.path])).toEqual([
        ['path', 'C:/clone'],
        ['legacy_id', 'shop-50e04147a402'],
      ]);
    }));

  test('an older id is no path, and a path no id', () =>
    withTestDatabase(() => {
      const { id } = aWorkspace();
      addWorkspacePath(id, 'old-id', 'legacy_id');
      addWorkspacePath(id, '/clone');
      expect(getWorkspaceByPath('old-id')).toBeNull();
      expect(getWorkspace('/clone')).toBeNull();
    }));

  test('refuses a path or id of another workspace, and an unknown workspace', () =>
    withTestDatabase(() => {
      const owner = aWorkspace({ path: '/owner' });
      const other = aWorkspace();
      addWorkspacePath(owner.id, '/clone');
      const before = hashOfAllRows();
      for (const path of ['/owner/', '/clone']) {
        expect(refusal(() => addWorkspacePath(other.id, path)).code).toBe('conflict');
      }
      expect(refusal(() => addWorkspacePath(other.id, owner.id, 'legacy_id')).code).toBe('conflict');
      expect(refusal(() => createWorkspace({ path: '/clone' })).code).toBe('conflict');
      expect(refusal(() => addWorkspacePath('ws_none', '/new')).code).toBe('invalid_input');
      expect(hashOfAllRows()).toBe(before);
    }));
});

describe('updateWorkspace', () => {
  test('changes what is named, clears what is null and keeps the rest', () =>
    withTestDatabase(() => {
      const { id, path } = aWorkspace({ name: 'Old', profile: { a: 1 }, meta: { b: 2 } });
      updateWorkspace(id, { name: 'New', profile: null, meta: undefined });
      expect(getWorkspace(id)).toMatchObject({ name: 'New', profile: null, meta: '{"b":2}', path });
    }));

  test('refuses a missing workspace, an empty name and a column that is not for change', () =>
    withTestDatabase(() => {
      const { id } = aWorkspace();
      expect(refusal(() => updateWorkspace('ws_none', { name: 'x' })).code).toBe('not_found');
      expect(refusal(() => updateWorkspace(id, { name: '' })).code).toBe('invalid_input');
      expect(refusal(() => updateWorkspace(id, { id: 'ws_other' } as object)).code).toBe('invalid_input');
    }));

  test('a directory that was moved is found at its new path and no longer at the old one', () =>
    withTestDatabase(() => {
      const { id, path } = aWorkspace();
      addWorkspacePath(id, '/new');
      addWorkspacePath(id, '/alias');
      updateWorkspace(id, { path: '/new/' });
      expect(getWorkspaceByPath('/new')).toMatchObject({ id, path: '/new' });
      expect(getWorkspaceByPath(path)).toBeNull();
      expect(getWorkspacePaths(id).map((row) => row.path)).toEqual(['/alias']);
      const other = aWorkspace();
      expect(refusal(() => updateWorkspace(other.id, { path: '/alias' }))).toMatchObject({ code: 'conflict' });
    }));

  test('a parent must exist, and no workspace lies inside itself, however far down', () =>
    withTestDatabase(() => {
      const [top, middle, low] = [aWorkspace(), aWorkspace(), aWorkspace()];
      updateWorkspace(middle.id, { parent_workspace_id: top.id });
      updateWorkspace(low.id, { parent_workspace_id: middle.id });
      expect(refusal(() => updateWorkspace(top.id, { parent_workspace_id: top.id })).code).toBe('cycle');
      expect(refusal(() => updateWorkspace(top.id, { parent_workspace_id: low.id })).code).toBe('cycle');
      expect(refusal(() => updateWorkspace(top.id, { parent_workspace_id: 'ws_none' })).code).toBe('not_found');
      updateWorkspace(middle.id, { parent_workspace_id: null });
      updateWorkspace(top.id, { parent_workspace_id: low.id });
      expect(getWorkspace(top.id)?.parent_workspace_id).toBe(low.id);
    }));
});

describe('deleteWorkspace', () => {
  test('takes everything in it along, archived plans too, every row recorded, and leaves others as they were', () =>
    withTestDatabase(() => {
      const elsewhere = createProgram(aPlan().workspace.id, { title: 'Elsewhere' });
      const kept = allIds();
      const { workspace, plan, phases } = aPlan({ phases: 2, stepsEach: 2 });
      const archived = aPlan({ workspace_id: workspace.id }).plan;
      const program = createProgram(workspace.id, { title: 'Program' });
      insertRow('program_risks', {
        id: 'risk_1',
        program_id: program.id,
        risk_type: 'dependency_risk',
        title: 'Risk',
        created_at: program.created_at,
        updated_at: program.created_at,
      });
      addPlanToProgram(program.id, plan.id);
      linkProgramToWorkspace(elsewhere.id, workspace.id);
      for (const [type, id] of [
        ['workspace', workspace.id],
        ['phase', phases[0]?.id],
      ] as const) {
        storeContext(type, String(id), 'fact', 1, { key: 'k' });
        storeContext(type, String(id), 'fact', 2, { key: 'k' });
      }
      appendResearch(null, workspace.id, 'a.md', 'text');
      storeKnowledge(workspace.id, 'slug', 'Title', {});
      addBuildScript(workspace.id, { name: 'b', command: 'make', directory: '.' });
      addWorkspacePath(workspace.id, '/clone');
      addUpdateLog(workspace.id, { tool: 'memory_plan' });
      aSession({ plan_id: archived.id });
      archivePlan(archived.id);
      const gone = allIds().filter((id) => !kept.includes(id));

      expect(deleteWorkspace(workspace.id)).toBe(true);
      expect(allIds()).toEqual(kept);
      expect(recordedDeletions()).toEqual(gone);
      expect(countRows('update_log')).toBe(0);
      expect(countRows('search_documents', { workspace_id: workspace.id })).toBe(0);
      expect(countRows('search_documents', { plan_id: archived.id })).toBe(0);
    }));

  test('lets children and plans of other workspaces go free, and says so in their history', () =>
    withTestDatabase(() => {
      const workspace = aWorkspace();
      const child = aWorkspace({ parent_workspace_id: workspace.id });
      const program = createProgram(workspace.id, { title: 'Program' });
      const { plan } = aPlan();
      updatePlan(plan.id, { program_id: program.id, program_order: 0 });
      deleteWorkspace(workspace.id);
      expect(getWorkspace(child.id)?.parent_workspace_id).toBeNull();
      expect(getPlan(plan.id)).toMatchObject({ program_id: null, program_order: null });
      expect(getRowHistory(child.id).at(-1)?.after).toContain('"parent_workspace_id":null');
      expect(getRowHistory(plan.id).at(-1)?.after).toContain('"program_id":null');
    }));

  test('answers false when there is none, and changes nothing', () =>
    withTestDatabase(() => {
      aWorkspace();
      const before = hashOfAllRows();
      expect(deleteWorkspace('ws_none')).toBe(false);
      expect(hashOfAllRows()).toBe(before);
    }));
});
