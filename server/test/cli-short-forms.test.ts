/** `next` and `search`: what a person types most, in the workspace of the directory in which it is typed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newFolder, removeFolder, temporaryFolder } from './support/folders.ts';
import { idIn, sharedMemory } from './support/memory.ts';
import { type Finished, runBin } from './support/processes.ts';

const memory = sharedMemory();
const other = newFolder();

function cli(cwd: string, ...args: string[]): Promise<Finished> {
  return runBin(args, { dataRoot: memory.dataRoot, cwd });
}

/** A directory that is a workspace, with this many active plans of two steps. */
async function aDirectory(plans: number): Promise<{ cwd: string; planIds: string[] }> {
  const cwd = temporaryFolder();
  const workspaceId = await memory.id('ws', 'workspace', 'register', { path: cwd });
  const planIds: string[] = [];
  for (let n = 1; n <= plans; n++) {
    const plan = {
      title: `Plan ${n}`,
      category: 'quick_task',
      phases: [{ name: 'A', steps: [{ task: `Mow ${n}` }, { task: 'Rake' }] }],
    };
    planIds.push(await memory.id('plan', 'plan', 'create', { workspace_id: workspaceId, ...plan }));
  }
  return { cwd, planIds };
}

beforeAll(async () => {
  // Where there is only one workspace, it is meant everywhere.
  await memory.ok('workspace', 'register', { path: other });
});

afterAll(() => removeFolder(other));

describe('next', () => {
  test('takes the next step of the only active plan, as a person', async () => {
    const { cwd, planIds } = await aDirectory(1);
    const { code, stdout, stderr } = await cli(cwd, 'next');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('"Mow 1"');
    const { items } = await memory.data<{ items: object[] }>('agent', 'list_sessions', { plan_id: planIds[0] });
    expect(items).toMatchObject([{ agent_type: 'User' }]);
    const session = idIn(stdout, 'sess');
    expect((await cli(cwd, 'next', '--session-id', session)).stdout).toContain('"Rake"');
    expect((await cli(cwd, 'next', '--session-id', session)).stdout).toMatch(/^done: .*\n(.*\n)*finished/);
  });

  test('takes the plan that is named, from anywhere, and the flags of steps next', async () => {
    const { planIds } = await aDirectory(2);
    const [plan = ''] = planIds;
    const { stdout } = await cli(other, 'next', plan, '--agent-type', 'Gardener', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, ok: true });
    const { items } = await memory.data<{ items: object[] }>('agent', 'list_sessions', { plan_id: plan });
    expect(items).toMatchObject([{ agent_type: 'Gardener' }]);
  });

  test('asks which one where several are active, and names them', async () => {
    const { cwd, planIds } = await aDirectory(2);
    const { code, stdout, stderr } = await cli(cwd, 'next');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^invalid_input: Which plan\? Several are active in this workspace\. Name one: /);
    for (const [n, id] of planIds.entries()) expect(stderr).toContain(`${id} "Plan ${n + 1}"`);
  });

  test('says so where none is active, and outside of every workspace', async () => {
    const { cwd } = await aDirectory(0);
    expect(await cli(cwd, 'next')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^not_found: No plan is active/),
    });
    const { code, stdout } = await cli(temporaryFolder(), 'next', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { message: 'Which plan? This directory lies in no workspace.' },
    });
  });
});

describe('search', () => {
  test('joins its words, and answers what the tool answers', async () => {
    const { cwd } = await aDirectory(1);
    const { code, stdout } = await cli(cwd, 'search', 'mow', '1', '--kinds', 'step');
    expect(code).toBe(0);
    expect(stdout.trimEnd()).toBe(await memory.ok('query', 'search', { query: 'mow 1', kinds: ['step'] }));
  });

  test('without words says what is missing', async () => {
    expect(await cli(other, 'search')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^invalid_input: "query" is missing/),
    });
  });
});
