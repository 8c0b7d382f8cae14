import { describe, expect, test } from 'vitest';
import { addBuildScript } from '../build-script-db.ts';
import { getContext, storeContext } from '../context-db.ts';
import { getKnowledge, storeKnowledge } from '../knowledge-db.ts';
import { getWorkspaceMeta } from '../mappers.ts';
import { archivePlan, findPlanById, updatePlan } from '../plan-db.ts';
import { addPlanToProgram, createProgram, getProgram, linkProgramToWorkspace } from '../program-db.ts';
import { queryAll } from '../query-helpers.ts';
import { appendResearch, getResearch } from '../research-db.ts';
import { rankedSearch } from '../search-db.ts';
import { addUpdateLog, getUpdateLog } from '../update-log-db.ts';
import {
  addWorkspacePath,
  createWorkspace,
  getWorkspace,
  getWorkspaceByPath,
  listWorkspaces,
  updateWorkspace,
} from '../workspace-db.ts';
import { mergeWorkspaces, previewWorkspaceMerge } from '../workspace-merge.ts';
import {
  aPlan,
  aWorkspace,
  countRows,
  hashOfAllRows,
  recordedDeletions,
  refusal,
  withTestDatabase,
} from './fixtures.ts';
import { requireSound } from './soundness.ts';

/** Two workspaces with something of every kind, and some names that both have. */
function twins() {
  const source = aWorkspace({ path: '/source', profile: { language: 'Go' } });
  const target = aWorkspace({ path: '/target' });
  const live = aPlan({ workspace_id: source.id }).plan;
  const archived = aPlan({ workspace_id: source.id }).plan;
  storeContext('plan', archived.id, 'finding', { n: 1 });
  archivePlan(archived.id);
  for (const { id } of [source, target]) {
    storeContext('workspace', id, 'decision', { of: id }, { key: 'colour' });
    storeKnowledge(id, 'build', 'How to build', { of: id });
    appendResearch(null, id, 'notes.md', `of ${id}`);
    addUpdateLog(id, { tool: 'test', summary: id });
  }
  storeKnowledge(source.id, 'build-2', 'Taken', {});
  addBuildScript(source.id, { name: 'Test', command: 'test', directory: '.' });
  return { source, target, live, archived };
}

describe('mergeWorkspaces', () => {
  test('moves every row into the target, live and archived, and leaves no trace of the source but its names', () =>
    withTestDatabase(() => {
      const { source, target, live, archived } = twins();
      const before = countRows('steps') + countRows('steps_archive');
      const { rows, renamed } = mergeWorkspaces(source.id, target.id);
      expect(rows).toEqual({
        plans: 1,
        plans_archive: 1,
        context_items: 1,
        context_items_archive: 1,
        research_documents: 1,
        knowledge: 2,
        build_scripts: 1,
      });
      expect(renamed).toEqual(['research notes.md → notes-2.md', 'knowledge build → build-3']);
      expect(findPlanById(live.id)).toMatchObject({ workspaceId: target.id, archived: false });
      expect(findPlanById(archived.id)).toMatchObject({ workspaceId: target.id, archived: true });
      expect(countRows('steps') + countRows('steps_archive')).toBe(before);
      for (const table of ['plans', 'plans_archive', 'knowledge', 'update_log', 'event_log', 'search_documents']) {
        expect(queryAll(`SELECT 1 FROM ${table} WHERE workspace_id = ?`, [source.id]), table).toEqual([]);
      }
      expect(listWorkspaces().map(({ id }) => id)).toEqual([target.id]);
      requireSound();
    }));

  test('keeps what both have under one name: the target its own, the other under a free one', () =>
    withTestDatabase(() => {
      const { source, target } = twins();
      mergeWorkspaces(source.id, target.id);
      expect(getKnowledge(target.id, 'build')?.data).toBe(JSON.stringify({ of: target.id }));
      expect(getKnowledge(target.id, 'build-3')?.data).toBe(JSON.stringify({ of: source.id }));
      expect(getResearch(null, 'notes.md', target.id)).toBe(`of ${target.id}`);
      expect(getResearch(null, 'notes-2.md', target.id)).toBe(`of ${source.id}`);
      const items = getContext('workspace', target.id, 'decision');
      expect(items.map(({ key, data }) => [key, data]).sort()).toEqual(
        [
          ['colour', JSON.stringify({ of: target.id })],
          [null, JSON.stringify({ of: source.id })],
        ].sort(),
      );
    }));

  test('leads every path and id of the source to the target, and search finds what moved', () =>
    withTestDatabase(() => {
      const { source, target, live } = twins();
      addWorkspacePath(source.id, '/clone');
      addWorkspacePath(source.id, 'old-id', 'legacy_id');
      updatePlan(live.id, { title: 'Xylophone' });
      mergeWorkspaces(source.id, target.id);
      for (const path of ['/source', '/clone', '/target']) expect(getWorkspaceByPath(path)?.id).toBe(target.id);
      for (const id of [source.id, 'old-id', target.id]) expect(getWorkspace(id)?.id).toBe(target.id);
      const found = rankedSearch('xylophone', { workspaceId: target.id, limit: 9 });
      expect(found.map(({ id }) => id)).toEqual([live.id]);
    }));

  test('a row is as old as it was, and its history says where it lay', () =>
    withTestDatabase(() => {
      const { source, target, live } = twins();
      mergeWorkspaces(source.id, target.id);
      expect(findPlanById(live.id)?.plan.updated_at).toBe(live.updated_at);
      const [last] = queryAll<{ before: string }>(
        'SELECT before FROM row_history WHERE row_id = ? ORDER BY seq DESC LIMIT 1',
        [live.id],
      );
      expect(JSON.parse(last?.before ?? '')).toEqual({ workspace_id: source.id });
      expect(recordedDeletions()).toContain(source.id);
    }));

  test('takes over what only the source says of itself', () =>
    withTestDatabase(() => {
      const { source, target } = twins();
      updateWorkspace(target.id, { meta: { kept: true } });
      updateWorkspace(source.id, { meta: { lost: true }, git_origin: 'git.example.com/me/shop' });
      mergeWorkspaces(source.id, target.id);
      expect(getWorkspace(target.id)).toMatchObject({
        name: target.name,
        profile: '{"language":"Go"}',
        meta: '{"kept":true}',
        git_origin: 'git.example.com/me/shop',
      });
      expect(getUpdateLog(target.id).map(({ summary }) => summary)).toEqual([target.id, source.id]);
    }));

  test('programs keep their plans, and a link that is needless now goes', () =>
    withTestDatabase(() => {
      const { source, target, live } = twins();
      const third = aWorkspace();
      const own = createProgram(source.id, { title: 'Own' });
      addPlanToProgram(own.id, live.id);
      linkProgramToWorkspace(own.id, target.id);
      linkProgramToWorkspace(own.id, third.id);
      const far = createProgram(third.id, { title: 'Far' });
      linkProgramToWorkspace(far.id, source.id);
      linkProgramToWorkspace(far.id, target.id);
      mergeWorkspaces(source.id, target.id);
      expect(getProgram(own.id)?.workspace_id).toBe(target.id);
      expect(findPlanById(live.id)?.plan.program_id).toBe(own.id);
      const links = queryAll('SELECT program_id, workspace_id FROM program_workspace_links ORDER BY seq');
      expect(links).toEqual([
        { program_id: own.id, workspace_id: third.id },
        { program_id: far.id, workspace_id: target.id },
      ]);
    }));

  test('the target takes the place of the source in the tree, also from below it', () =>
    withTestDatabase(() => {
      const top = aWorkspace();
      const source = aWorkspace({ parent_workspace_id: top.id });
      const middle = aWorkspace({ parent_workspace_id: source.id });
      const target = createWorkspace({ path: '/low', parent_workspace_id: middle.id });
      mergeWorkspaces(source.id, target.id);
      expect(getWorkspaceMeta(target.id)).toMatchObject({
        parent_workspace_id: top.id,
        child_workspace_ids: [middle.id],
      });
    }));

  test('a target without a parent gets that of the source', () =>
    withTestDatabase(() => {
      const top = aWorkspace();
      const source = aWorkspace({ parent_workspace_id: top.id });
      const target = aWorkspace();
      mergeWorkspaces(source.id, target.id);
      expect(getWorkspace(target.id)?.parent_workspace_id).toBe(top.id);
    }));

  test('a target keeps the parent that it has, and stays the root above a source that lay below it', () =>
    withTestDatabase(() => {
      const [own, root] = [aWorkspace(), aWorkspace()];
      const source = aWorkspace({ parent_workspace_id: root.id });
      const target = aWorkspace({ parent_workspace_id: own.id });
      const low = aWorkspace({ parent_workspace_id: aWorkspace({ parent_workspace_id: root.id }).id });
      mergeWorkspaces(source.id, target.id);
      expect(getWorkspace(target.id)?.parent_workspace_id).toBe(own.id);
      mergeWorkspaces(low.id, root.id);
      expect(getWorkspace(root.id)?.parent_workspace_id).toBeNull();
      requireSound();
    }));

  test('refuses a workspace that is not there, and one with itself under another name', () =>
    withTestDatabase(() => {
      const { source, target } = twins();
      addWorkspacePath(source.id, 'old-id', 'legacy_id');
      const before = hashOfAllRows();
      expect(refusal(() => mergeWorkspaces('ws_none', target.id)).code).toBe('not_found');
      expect(refusal(() => mergeWorkspaces(source.id, 'ws_none')).code).toBe('not_found');
      expect(refusal(() => mergeWorkspaces('old-id', source.id)).code).toBe('invalid_input');
      expect(hashOfAllRows()).toBe(before);
    }));
});

test('previewWorkspaceMerge says what the merge then does, and changes nothing', () =>
  withTestDatabase(() => {
    const { source, target } = twins();
    const before = hashOfAllRows();
    const preview = previewWorkspaceMerge(source.id, target.id);
    expect(hashOfAllRows()).toBe(before);
    expect(mergeWorkspaces(source.id, target.id)).toEqual(preview);
  }));
