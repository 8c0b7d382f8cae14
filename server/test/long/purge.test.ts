/** A secret that was stored by mistake: after a purge no byte of it is in any file beside the copies that are named. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { databaseFile, rows } from '../support/database.ts';
import { temporaryFolder } from '../support/folders.ts';
import { connect, type Memory } from '../support/memory.ts';
import { runBin } from '../support/processes.ts';
import { aWorld, type World } from '../support/world.ts';

const SECRET = 'hunter2hunter2';

/** The files in which these bytes are found, in any case: the full text holds words in small letters. */
function filesWith(dataRoot: string, word: string): string[] {
  return readdirSync(dataRoot).filter((name) =>
    readFileSync(join(dataRoot, name)).toString('latin1').toLowerCase().includes(word.toLowerCase()),
  );
}

type Store = (world: World, secret: string) => Promise<string>;

async function storeContext({ memory, planId }: World, secret: string): Promise<string> {
  const item = { parent_type: 'plan', parent_id: planId, type: 'login', key: 'database' };
  await memory.ok('context', 'store', { ...item, data: { password: `${secret} first` }, request_id: `r ${planId}` });
  return await memory.id('ctx', 'context', 'store', { ...item, data: { password: `${secret} then` } });
}

async function storeKnowledge({ memory, workspaceId }: World, secret: string): Promise<string> {
  const known = { workspace_id: workspaceId, slug: 'login', title: `The password is ${secret}` };
  await memory.ok('context', 'store_knowledge', { ...known, data: { password: secret }, tags: [secret] });
  await memory.ok('context', 'store_knowledge', { ...known, data: { password: 'changed' } });
  return idOf(memory, 'knowledge');
}

async function appendResearch({ memory, planId }: World, secret: string): Promise<string> {
  const document = { plan_id: planId, filename: 'log.md' };
  await memory.ok('context', 'append_research', { ...document, content: 'Nothing here. '.repeat(1_000) });
  await memory.ok('context', 'append_research', { ...document, content: `password=${secret} `.repeat(500) });
  return idOf(memory, 'research_documents');
}

async function writeNotes({ memory, stepIds: [step_id] }: World, secret: string): Promise<string> {
  await memory.ok('steps', 'update', {
    step_id,
    task: `Log in with ${secret}`,
    notes: `it is ${secret} `.repeat(2_000),
  });
  await memory.ok('steps', 'update', { step_id, task: 'Log in', notes: 'as usual' });
  return step_id;
}

async function writePlan({ memory, workspaceId }: World, secret: string): Promise<string> {
  const plan = { workspace_id: workspaceId, title: `Use ${secret}`, category: 'quick_task', description: secret };
  const plan_id = await memory.id('plan', 'plan', 'create', {
    ...plan,
    phases: [{ name: secret, steps: [{ task: secret }] }],
  });
  await memory.ok('plan', 'add_note', { plan_id, note: secret });
  await memory.ok('plan', 'archive', { plan_id });
  return plan_id;
}

async function deleteContext(world: World, secret: string): Promise<string> {
  const context_id = await storeContext(world, secret);
  await world.memory.ok('context', 'delete', { context_id });
  return context_id;
}

async function deletePlan(world: World, secret: string): Promise<string> {
  const plan_id = await writePlan(world, secret);
  await world.memory.ok('admin', 'delete_plan', { plan_id, confirm: true });
  return plan_id;
}

/** A briefing shows the note, and its answer is kept for whoever repeats the call. */
async function showNote({ memory, planId: plan_id }: World, secret: string): Promise<string> {
  const id = await memory.id('note', 'plan', 'add_note', { plan_id, note: secret });
  const briefing = await memory.ok('agent', 'init', { plan_id, agent_type: 'Executor', request_id: 'briefing' });
  expect(briefing).toContain(secret);
  return id;
}

async function pausePlan({ memory, planId: plan_id, stepIds: [step_id] }: World, secret: string): Promise<string> {
  await memory.ok('steps', 'update', { step_id, task: secret });
  await memory.ok('plan', 'pause', { plan_id, reason: 'It rains' });
  expect(await memory.ok('plan', 'resume', { plan_id, request_id: 'on' })).toContain(secret);
  return step_id;
}

async function consolidate({ memory, stepIds: [step_id, other] }: World, secret: string): Promise<string> {
  await memory.ok('steps', 'update', { step_id, notes: secret });
  return await memory.id('step', 'steps', 'consolidate', { step_ids: [step_id, other], task: 'Both' });
}

function idOf({ dataRoot }: Memory, table: string): string {
  return String(rows(dataRoot, `SELECT id FROM ${table} ORDER BY seq DESC LIMIT 1`)[0]?.['id']);
}

test.each<[string, Store]>([
  ['a context item with former versions', storeContext],
  ['a piece of knowledge', storeKnowledge],
  ['a research document', appendResearch],
  ['the former notes of a step', writeNotes],
  ['an archived plan', writePlan],
  ['a context item that was deleted before', deleteContext],
  ['a plan that was deleted before', deletePlan],
  ['a note that a briefing has shown', showNote],
  ['a step at which its plan was paused', pausePlan],
  ['the steps from which one was consolidated', consolidate],
])('purge leaves no byte of %s, while another server has the file open', async (_what, store) => {
  const dataRoot = temporaryFolder();
  const memory = await connect({ dataRoot });
  const other = await connect({ dataRoot });
  const world = await aWorld(memory);
  const id = await store(world, SECRET);
  // Room is made and used again, so that bytes also lie in pages that are no longer those of the row.
  for (let n = 0; n < 20; n++) {
    await memory.ok('plan', 'add_note', { plan_id: world.planId, note: `Note ${n} ${'x'.repeat(3_000)}` });
  }
  expect(await other.ok('context', 'search', { query: 'paint' })).toMatch(/paint/i);
  expect(filesWith(dataRoot, SECRET)).not.toEqual([]);
  expect(await memory.ok('admin', 'purge', { id, confirm: true })).toMatch(
    /^Purged: \w+ \w+, \d+ rows? with their history$/,
  );
  expect(filesWith(dataRoot, SECRET)).toEqual([]);
  expect(rows(dataRoot, "SELECT * FROM maintenance WHERE name = 'scrub'")).toEqual([]);
  expect(await other.ok('context', 'search', { query: SECRET })).not.toContain(id);
  expect(await runBin(['doctor'], { dataRoot })).toMatchObject({ code: 0 });
});

test('a call whose answer a purge has removed is told so when it is repeated, and is not done again', async () => {
  const dataRoot = temporaryFolder();
  const memory = await connect({ dataRoot });
  const world = await aWorld(memory);
  const id = await showNote(world, SECRET);
  await memory.ok('admin', 'purge', { id, confirm: true });
  const sessions = () => rows(dataRoot, 'SELECT id FROM sessions ORDER BY seq');
  const before = sessions();
  const again = { plan_id: world.planId, agent_type: 'Executor', request_id: 'briefing' };
  expect(await memory.refused('agent', 'init', again)).toMatch(
    /^conflict: A call with request_id "briefing" was done already; its answer was removed by a purge/,
  );
  expect(sessions()).toEqual(before);
});

test('purge names the rows that have the same words', async () => {
  const memory = await connect({ dataRoot: temporaryFolder() });
  const world = await aWorld(memory);
  const both = await consolidate(world, SECRET);
  const reply = await memory.ok('admin', 'purge', { id: world.stepIds[0], confirm: true });
  expect(reply).toMatch(
    new RegExp(`\n1 row of the same words, or made from it: ${both}; purge those too if they hold it$`),
  );
});

test('purge names the copies that may still hold it', async () => {
  const dataRoot = temporaryFolder();
  const memory = await connect({ dataRoot });
  const id = await storeContext(await aWorld(memory), SECRET);
  writeFileSync(`${databaseFile(dataRoot)}.v1.bak`, SECRET);
  const reply = await memory.ok('admin', 'purge', { id, confirm: true });
  expect(reply).toMatch(/\nCopies of the database that may still hold it: project-memory\.db\.v1\.bak$/);
  expect(filesWith(dataRoot, SECRET)).toEqual(['project-memory.db.v1.bak']);
});

test('a purge whose bytes could not go yet is told so, and the doctor sees to it', { timeout: 60_000 }, async () => {
  const dataRoot = temporaryFolder();
  const memory = await connect({ dataRoot });
  const id = await storeContext(await aWorld(memory), SECRET);
  const reader = new Database(databaseFile(dataRoot), { readonly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM plans').get();
  expect(await memory.refused('admin', 'purge', { id, confirm: true })).toMatch(
    /^busy: It is purged, but its bytes still lie/,
  );
  expect(await memory.refused('query', 'get', { id })).toMatch(/^not_found/);
  reader.close();
  const { code, stdout } = await runBin(['doctor'], { dataRoot });
  expect({ code, stdout }).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^purge: the purge of .* is not finished/m),
  });
  expect(await runBin(['doctor', '--fix'], { dataRoot })).toMatchObject({ code: 0 });
  expect(filesWith(dataRoot, SECRET)).toEqual([]);
});
