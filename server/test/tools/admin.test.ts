/** memory_admin through the door: what cannot be taken back. */
import { describe, expect, test } from 'vitest';
import { rows, tamper, writingNothing } from '../support/database.ts';
import { temporaryFolder } from '../support/folders.ts';
import { connect, sharedMemory } from '../support/memory.ts';
import { aWorld } from '../support/world.ts';

const memory = sharedMemory();

const USER_TABLES = `SELECT t.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c ON c.name = 'plan_id'
  WHERE t.type = 'table' AND t.name NOT LIKE '%_log'`;

/** In which tables, but history and logs, an id still stands. */
function tablesWith(planId: string): string[] {
  return rows<{ name: string }>(memory.dataRoot, USER_TABLES).flatMap(({ name }) =>
    rows(memory.dataRoot, `SELECT 1 FROM ${name} WHERE plan_id = ?`, planId).length > 0 ? [name] : [],
  );
}

test.each([{ confirm: false }, { confirm: 'true' }, {}])(
  'nothing is deleted with %j instead of confirm: true',
  async (wrong) => {
    const { planId, workspaceId } = await aWorld(memory);
    const words = /^invalid_input: "confirm".*this cannot be taken back: send confirm: true\./;
    expect(await memory.refused('admin', 'delete_plan', { plan_id: planId, ...wrong })).toMatch(words);
    expect(await memory.refused('admin', 'delete_workspace', { workspace_id: workspaceId, ...wrong })).toMatch(words);
    expect(await memory.refused('admin', 'purge', { id: planId, ...wrong })).toMatch(words);
    expect(await memory.refused('admin', 'cleanup_events', wrong)).toMatch(words);
    expect(await memory.refused('admin', 'seed', wrong)).toMatch(words);
  },
);

test.each(['live', 'archived'])('delete_plan deletes a %s plan with all that belongs to it', async (place) => {
  const { planId, stepIds } = await aWorld(memory);
  const bystander = await aWorld(memory);
  await memory.ok('context', 'store', { parent_type: 'step', parent_id: stepIds[0], type: 'a', data: 'b' });
  await memory.ok('context', 'append_research', { plan_id: planId, filename: 'a.md', content: 'b' });
  await memory.ok('plan', 'add_note', { plan_id: planId, note: 'c' });
  if (place === 'archived') await memory.ok('plan', 'archive', { plan_id: planId });
  expect(tablesWith(planId)).not.toEqual([]);
  expect(await memory.ok('admin', 'delete_plan', { plan_id: planId, confirm: true })).toBe(
    `Deleted: plan ${planId} "Paint the house"`,
  );
  expect(tablesWith(planId)).toEqual([]);
  expect(await memory.refused('plan', 'get', { plan_id: planId })).toMatch(
    /^not_found: No plan with id .* Recent: plan_/,
  );
  expect(await memory.ok('plan', 'get', { plan_id: bystander.planId })).toContain('0/4 done');
});

test('delete_workspace deletes a workspace with its plans, archived ones too', async () => {
  const { planId, workspaceId, path } = await aWorld(memory);
  const other = await memory.id('plan', 'plan', 'create', {
    workspace_id: workspaceId,
    title: 'Old',
    category: 'advisory',
  });
  await memory.ok('plan', 'archive', { plan_id: other });
  expect(await memory.ok('admin', 'delete_workspace', { workspace_id: workspaceId, confirm: true })).toMatch(
    new RegExp(`^Deleted: workspace ${workspaceId} "world-`),
  );
  expect([...tablesWith(planId), ...tablesWith(other)]).toEqual([]);
  expect(await memory.ok('workspace', 'register', { path })).toMatch(/^Registered: /);
});

test('purge leaves no trace of a secret: no version, no history, no index entry, no stored answer', async () => {
  const { planId } = await aWorld(memory);
  const keyed = { parent_type: 'plan', parent_id: planId, type: 'credentials', key: 'shop' };
  const [first, second] = ['xyzzy-one-5f2a', 'xyzzy-two-77bc'];
  const id = await memory.id('ctx', 'context', 'store', {
    ...keyed,
    data: { password: first },
    request_id: `a ${planId}`,
  });
  await memory.ok('context', 'store', { ...keyed, data: { password: second }, request_id: `b ${planId}` });
  const traces = () =>
    rows<{ name: string }>(memory.dataRoot, "SELECT name FROM sqlite_schema WHERE type = 'table'").filter(({ name }) =>
      rows(memory.dataRoot, `SELECT * FROM "${name}"`).some((row) => /xyzzy-(one|two)/.test(JSON.stringify(row))),
    );
  expect(traces()).not.toEqual([]);
  expect(await memory.ok('admin', 'purge', { id, confirm: true })).toBe(
    `Purged: context ${id}, 2 rows with their history`,
  );
  expect(traces()).toEqual([]);
  expect(await memory.ok('query', 'search', { query: `"${first}"` })).toMatch(/^Nothing found/);
  expect(await memory.refused('query', 'get', { id })).toMatch(/^not_found/);
});

test('cleanup_events drops events older than so many days, and no others', async () => {
  await aWorld(memory);
  tamper(memory.dataRoot, (db) => {
    const first = 'SELECT seq FROM event_log ORDER BY seq LIMIT 2';
    db.exec(`UPDATE event_log SET created_at = '2020-01-01T00:00:00.000Z' WHERE seq IN (${first})`);
  });
  const events = () => rows(memory.dataRoot, 'SELECT seq FROM event_log').length;
  const before = events();
  expect(await memory.ok('admin', 'cleanup_events', { max_age_days: 30, confirm: true })).toBe('Dropped 2 events');
  expect(events()).toBe(before - 2 + 1); // The call itself is an event.
  expect(await memory.ok('admin', 'cleanup_events', { confirm: true })).toBe('Dropped 0 events');
  expect(await memory.refused('admin', 'cleanup_events', { max_age_days: -1, confirm: true })).toMatch(
    /"max_age_days": too small/,
  );
});

test('seed brings back default content that is gone, and keeps what somebody changed', async () => {
  const own = await connect({ dataRoot: temporaryFolder() });
  const skills = await own.ok('library', 'list_skills');
  await own.ok('library', 'store_agent', { name: 'Executor', content: 'My own Executor.' });
  tamper(own.dataRoot, (db) => db.exec("DELETE FROM skill_definitions WHERE name = 'resume-work'"));
  expect(await own.refused('library', 'get_skill', { name: 'resume-work' })).toMatch(/^not_found/);
  expect(await own.ok('admin', 'seed', { confirm: true })).toBe(
    'Seeded: 6 agents, 6 instructions, 10 skills of 23 files; 1 kept as changed by you',
  );
  expect(await own.ok('library', 'list_skills')).toBe(skills);
  expect(await own.ok('library', 'get_agent', { name: 'Executor' })).toBe('My own Executor.');
});

describe('merge_workspaces', () => {
  test('tells what would move, until it is told to move it; then the source leads to the target', async () => {
    const [source, target] = [await aWorld(memory), await aWorld(memory)];
    for (const { workspaceId } of [source, target]) {
      const known = { workspace_id: workspaceId, slug: 'paint', title: 'Paint', data: {} };
      await memory.ok('context', 'store_knowledge', known);
    }
    const merge = { source_id: source.workspaceId, target_id: target.workspaceId, confirm: true };
    await writingNothing(memory.dataRoot, async () => {
      const preview = await memory.ok('admin', 'merge_workspaces', merge);
      expect(preview).toMatch(/^Would merge: workspace ws_\w+ into ws_\w+; plans 1, knowledge 1\n/);
      expect(preview).toContain('renamed: knowledge paint → paint-2\nNothing was changed: send dry_run: false');
    });
    const done = await memory.ok('admin', 'merge_workspaces', { ...merge, dry_run: false });
    expect(done).toMatch(/^Merged: workspace /);
    expect(await memory.data('workspace', 'info', { workspace_path: source.path })).toMatchObject({
      workspace_id: target.workspaceId,
      legacy_workspace_ids: [source.workspaceId],
    });
    expect(await memory.ok('plan', 'find', { plan_id: source.planId })).toContain(`workspace ${target.workspaceId}`);
    expect(await memory.id('ws', 'workspace', 'register', { path: source.path })).toBe(target.workspaceId);
  });

  test('refuses one workspace under two names', async () => {
    const { workspaceId } = await aWorld(memory);
    const same = { source_id: workspaceId, target_id: workspaceId, confirm: true };
    expect(await memory.refused('admin', 'merge_workspaces', same)).toMatch(
      /^invalid_input: .* are one workspace already/,
    );
  });
});
