/** Stdout carries the protocol and nothing else: one stray line, of ours or of a library, would break it. */
import { expect, test } from 'vitest';
import { ALL_CALLS } from './support/calls.ts';
import { temporaryFolder } from './support/folders.ts';
import { Memory } from './support/memory.ts';
import { RawStdio } from './support/raw-stdio.ts';
import { aWorld } from './support/world.ts';

/** Fails unless every byte of stdout belongs to a message of the protocol. */
function expectMessagesOnly(stdout: string): void {
  expect(stdout.at(-1)).toBe('\n');
  for (const line of stdout.slice(0, -1).split('\n')) {
    expect(line).toMatch(/^\{/);
    expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
  }
}

test('a session that calls every action, prompt and resource writes messages on stdout and nothing on stderr', async () => {
  const dataRoot = temporaryFolder();
  const raw = new RawStdio({ dataRoot });
  const memory = await new Memory({ dataRoot }, raw.asTransport()).connect();
  for (const { tool, action, call } of ALL_CALLS) {
    await memory.ok(tool, action, await call(await aWorld(memory)));
  }
  const { planId, stepIds } = await aWorld(memory);
  const { client } = memory;
  const item = { parent_type: 'plan', parent_id: planId, type: 'decision', data: 'blue' };
  const contextId = await memory.id('ctx', 'context', 'store', item);
  for (const name of ['resume', 'handoff', 'review']) await client.getPrompt({ name, arguments: { plan_id: planId } });
  await client.getPrompt({ name: 'plan', arguments: { goal: 'Sell it' } });
  for (const [kind, id] of Object.entries({ plan: planId, step: stepIds[0], context: contextId })) {
    await client.readResource({ uri: `memory://${kind}/${id}` });
    const ref = { type: 'ref/resource' as const, uri: `memory://${kind}/{id}` };
    await client.complete({ ref, argument: { name: 'id', value: 'a' } });
  }
  await Promise.all([client.listPrompts(), client.listResources(), client.listResourceTemplates(), client.listTools()]);
  await memory.refused('plan', 'get', { plan_id: 'plan_000000000000' });
  raw.running.child.stdin.end();
  const { code, stdout, stderr } = await raw.running.finished;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expectMessagesOnly(stdout);
}, 60_000);

test('what a library prints to the console goes to stderr', async () => {
  // Runs in the server's process, and prints when that ends: after all that the server has loaded.
  const library = `data:text/javascript,process.on('exit', () => console.log('a stray line'))`;
  const raw = new RawStdio({
    dataRoot: temporaryFolder(),
    env: { NODE_OPTIONS: `--import=${library.replaceAll(' ', '%20')}` },
  });
  await raw.initialize();
  raw.running.child.stdin.end();
  const { code, stdout, stderr } = await raw.running.finished;
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'a stray line\n' });
  expectMessagesOnly(stdout);
});
