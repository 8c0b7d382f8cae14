import { describe, expect, test } from 'vitest';
import { getWorkspaceMeta } from '../mappers.ts';
import { archivePlan } from '../plan-db.ts';
import { createProgram } from '../program-db.ts';
import { addWorkspacePath } from '../workspace-db.ts';
import { aPlan, aWorkspace, withTestDatabase } from './fixtures.ts';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('getWorkspaceMeta', () => {
  test('says everything about a workspace: children, paths, plans, programs', () =>
    withTestDatabase(() => {
      const parent = aWorkspace();
      const { id, path } = aWorkspace({
        name: 'Shop',
        parent_workspace_id: parent.id,
        profile: { a: 1 },
        meta: { b: 2 },
      });
      const child = aWorkspace({ parent_workspace_id: id });
      addWorkspacePath(id, '/clone');
      addWorkspacePath(id, 'shop-50e04147a402', 'legacy_id');
      const [live, archived] = [aPlan({ workspace_id: id }).plan, aPlan({ workspace_id: id }).plan];
      archivePlan(archived.id);
      const programs = ['One', 'Two'].map((title) => createProgram(id, { title }).id);
      createProgram(id, { title: 'Over', status: 'completed' });
      const meta = {
        workspace_id: id,
        path,
        name: 'Shop',
        parent_workspace_id: parent.id,
        child_workspace_ids: [child.id],
        paths: ['/clone'],
        legacy_workspace_ids: ['shop-50e04147a402'],
        active_plans: [live.id],
        archived_plans: [archived.id],
        active_programs: programs,
        profile: { a: 1 },
        meta: { b: 2 },
        created_at: TIME,
        updated_at: TIME,
      };
      expect(getWorkspaceMeta(id)).toEqual(meta);
      expect(getWorkspaceMeta('shop-50e04147a402')).toEqual(meta);
      expect(getWorkspaceMeta('ws_none')).toBeNull();
    }));
});
