import { expect, test } from 'vitest';
import {
  addBuildScript,
  deleteBuildScript,
  findBuildScript,
  getBuildScripts,
  type NewBuildScript,
} from '../build-script-db.ts';
import { archivePlan, deletePlan, restorePlan } from '../plan-db.ts';
import { aPlan, aWorkspace, countRows, recordedDeletions, refusal, withTestDatabase } from './fixtures.ts';

const SCRIPT = { name: 'Build', command: 'make all', directory: 'server' };

/** A workspace with a script of its own and two plans with one each. */
function scripts() {
  const { workspace, plan } = aPlan();
  const other = aPlan({ workspace_id: workspace.id }).plan;
  const [own, first, second] = [null, plan.id, other.id].map((plan_id) =>
    addBuildScript(workspace.id, { ...SCRIPT, plan_id }),
  ) as [Row, Row, Row];
  return { wsId: workspace.id, plan, other, own, first, second };
}
type Row = ReturnType<typeof addBuildScript>;

test('a script is stored with everything it says', () =>
  withTestDatabase(() => {
    const { id } = aWorkspace();
    const script = addBuildScript(id, { ...SCRIPT, description: 'All of it', meta: { os: 'linux' } });
    expect(script).toMatchObject({
      ...SCRIPT,
      workspace_id: id,
      plan_id: null,
      description: 'All of it',
      meta: '{"os":"linux"}',
    });
    expect(getBuildScripts(id)).toEqual([script]);
  }));

test('a plan sees its own scripts behind those of the workspace, the workspace only its own', () =>
  withTestDatabase(() => {
    const { wsId, plan, own, first, second } = scripts();
    aPlan();
    const [later, laterOfPlan] = [null, plan.id].map((plan_id) => addBuildScript(wsId, { ...SCRIPT, plan_id }));
    expect(getBuildScripts(wsId)).toEqual([own, later]);
    expect(getBuildScripts(wsId, plan.id)).toEqual([own, later, first, laterOfPlan]);
    expect(findBuildScript(wsId, own.id)).toEqual(own);
    expect(findBuildScript(wsId, own.id, plan.id)).toEqual(own);
    expect(findBuildScript(wsId, first.id, plan.id)).toEqual(first);
    expect(findBuildScript(wsId, first.id)).toBeNull();
    expect(findBuildScript(wsId, second.id, plan.id)).toBeNull();
    expect(findBuildScript(aWorkspace().id, own.id)).toBeNull();
    expect(getBuildScripts('ws_none')).toEqual([]);
  }));

test("a plan's script never becomes one of the workspace: not by deleting the plan", () =>
  withTestDatabase(() => {
    const { wsId, plan, own, first, second } = scripts();
    deletePlan(plan.id);
    expect(recordedDeletions()).toContain(first.id);
    expect(getBuildScripts(wsId)).toEqual([own]);
    expect(getBuildScripts(wsId, plan.id)).toEqual([own]);
    expect(countRows('build_scripts', { id: second.id })).toBe(1);
  }));

test("a plan's script never becomes one of the workspace: not by archiving, restoring or deleting from the archive", () =>
  withTestDatabase(() => {
    const { wsId, plan, own, first } = scripts();
    archivePlan(plan.id);
    expect(getBuildScripts(wsId)).toEqual([own]);
    expect(getBuildScripts(wsId, plan.id)).toEqual([own, first]);
    restorePlan(plan.id);
    expect(getBuildScripts(wsId)).toEqual([own]);
    archivePlan(plan.id);
    deletePlan(plan.id);
    expect(getBuildScripts(wsId, plan.id)).toEqual([own]);
    expect(countRows('build_scripts_archive')).toBe(0);
  }));

test('deleting needs the right workspace, removes one script, recorded, and answers whether there was one', () =>
  withTestDatabase(() => {
    const { wsId, own, first } = scripts();
    expect(deleteBuildScript(aWorkspace().id, own.id)).toBe(false);
    expect(deleteBuildScript(wsId, own.id)).toBe(true);
    expect(deleteBuildScript(wsId, own.id)).toBe(false);
    expect(deleteBuildScript(wsId, first.id)).toBe(true);
    expect(recordedDeletions()).toEqual([own.id, first.id].sort());
  }));

test.each<[string, Partial<NewBuildScript>]>([
  ['an empty name', { name: '' }],
  ['an empty command', { command: '' }],
  ['a plan that does not exist', { plan_id: 'plan_none' }],
  ['a time in another form', { created_at: 'now' }],
])('%s is refused', (_what, wrong) =>
  withTestDatabase(() => {
    const { id } = aWorkspace();
    expect(refusal(() => addBuildScript(id, { ...SCRIPT, ...wrong })).code).toBe('invalid_input');
    expect(countRows('build_scripts')).toBe(0);
  }),
);

test('an unknown workspace, a plan of another one and an archived plan are refused', () =>
  withTestDatabase(() => {
    const { workspace, plan } = aPlan();
    const add = (wsId: string) => addBuildScript(wsId, { ...SCRIPT, plan_id: plan.id });
    expect(refusal(() => addBuildScript('ws_none', SCRIPT)).code).toBe('invalid_input');
    expect(refusal(() => add(aWorkspace().id)).code).toBe('invalid_input');
    archivePlan(plan.id);
    expect(refusal(() => add(workspace.id)).code).toBe('invalid_input');
    expect(countRows('build_scripts')).toBe(0);
  }));
