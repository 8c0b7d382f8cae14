import { expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import { withDatabase } from '../connection.ts';
import { archivePlan } from '../plan-db.ts';
import { createProgram } from '../program-db.ts';
import { appendResearch } from '../research-db.ts';
import { completeSession } from '../session-db.ts';
import { getStatus } from '../status-db.ts';
import { updateStep } from '../step-db.ts';
import { touchRow } from '../write-helpers.ts';
import { aPlan, aSession, aWorkspace, databaseFile, openFile, temporaryFolder, withTestDatabase } from './fixtures.ts';

const NOTHING = {
  plans: 0,
  plans_archive: 0,
  steps: 0,
  context_items: 0,
  research_documents: 0,
  knowledge: 0,
  programs: 0,
};

test('an empty database is whole and counts nothing', () =>
  withTestDatabase(() => {
    expect(getStatus()).toMatchObject({
      path: ':memory:',
      integrity: 'ok',
      counts: { workspaces: 0, ...NOTHING },
      open_sessions: 0,
      stale_claims: 0,
    });
  }));

test('the status says where the file is, how large, and which schema it has', () => {
  const folder = temporaryFolder();
  const status = withDatabase(openFile(folder), getStatus);
  expect(status.path).toBe(databaseFile(folder));
  expect(status.schema_version).toBeGreaterThanOrEqual(1);
  expect(status.size_bytes).toBeGreaterThan(50_000);
  expect(status.size_bytes % 4096).toBe(0);
});

test('rows are counted where they lie: archived plans apart, with their steps and documents gone from the live ones', () =>
  withTestDatabase(() => {
    const { workspace, plan } = aPlan({ stepsEach: 3 });
    const archived = aPlan({ workspace_id: workspace.id, stepsEach: 2 }).plan;
    for (const { id } of [plan, archived]) appendResearch(id, workspace.id, 'a.md', 'x');
    createProgram(workspace.id, { title: 'Program' });
    archivePlan(archived.id);
    aWorkspace();
    expect(getStatus().counts).toEqual({
      ...NOTHING,
      workspaces: 2,
      programs: 1,
      plans: 1,
      plans_archive: 1,
      steps: 3,
      research_documents: 1,
    });
  }));

test('open sessions are neither completed nor orphaned', () =>
  withTestDatabase(() => {
    const [completed, orphaned] = [aSession(), aSession(), aSession(), aSession()];
    completeSession(String(completed?.id), 'done');
    touchRow('sessions', String(orphaned?.id), { is_orphaned: 1 });
    expect(getStatus().open_sessions).toBe(2);
  }));

test('a claim is stale when its lease has run out, and only while it is held', () =>
  withTestDatabase(() => {
    const { steps } = aPlan({ stepsEach: 3 });
    const [held, released] = steps.map(({ id }) => id) as [string, string, string];
    const at = <T>(minutes: number, fn: () => T) => withClock(() => minutes * 60_000, fn);
    for (const id of [held, released]) at(0, () => updateStep(id, { status: 'active' }, { agentType: 'Executor' }));
    at(1, () => updateStep(released, { status: 'pending' }));
    expect(at(20, getStatus).stale_claims).toBe(0);
    expect(at(20.001, getStatus).stale_claims).toBe(1);
  }));
