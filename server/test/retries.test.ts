/** A client that does not know whether a call was done sends it again, to whichever process there is: it is done once. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { rows } from './support/database.ts';
import { temporaryFolder } from './support/folders.ts';
import { connect, sharedMemory } from './support/memory.ts';
import { aWorld } from './support/world.ts';

const memory = sharedMemory();

function notesOf(dataRoot: string, note: string): number {
  return rows(dataRoot, 'SELECT id FROM plan_notes WHERE note = ?', note).length;
}

test('the same call through three processes at the same moment is done once, and all get the one answer', async () => {
  const { planId } = await aWorld(memory);
  const others = [await connect({ dataRoot: memory.dataRoot }), await connect({ dataRoot: memory.dataRoot })];
  for (let round = 0; round < 20; round++) {
    const call = { plan_id: planId, note: `Note ${round} of ${planId}`, request_id: `${planId} ${round}` };
    const answers = await Promise.all([memory, ...others].map((one) => one.ok('plan', 'add_note', call)));
    expect(new Set(answers).size).toBe(1);
    expect(notesOf(memory.dataRoot, call.note)).toBe(1);
  }
});

test('next through two processes at once hands out one step under one number', async () => {
  const { planId, stepIds } = await aWorld(memory);
  const other = await connect({ dataRoot: memory.dataRoot });
  const call = { plan_id: planId, agent_type: 'Twin', request_id: `twins of ${planId}` };
  const [one, two] = await Promise.all([memory.ok('steps', 'next', call), other.ok('steps', 'next', call)]);
  expect(one).toBe(two);
  expect(one).toContain(`next: ${stepIds[0]} `);
  expect(rows(memory.dataRoot, "SELECT id FROM steps WHERE plan_id = ? AND status = 'active'", planId)).toHaveLength(1);
});

test('a call whose process is killed at any moment, and that is sent again, is done once', async () => {
  const dataRoot = temporaryFolder();
  const other = await connect({ dataRoot });
  const { planId } = await aWorld(other);
  const answered: string[] = [];
  let lost = 0;
  for (let round = 0; round < 8; round++) {
    const victim = await connect({ dataRoot });
    const call = { plan_id: planId, note: `Note ${round}`, request_id: `round ${round}` };
    // A first call, so that the moment of the kill lies around the work and not around the start.
    await victim.ok('plan', 'find', { plan_id: planId });
    const first = victim.call('plan', 'add_note', call).then(
      () => answered.push(call.note),
      () => (lost += 1),
    );
    await Promise.race([first, pause(round)]);
    victim.signal('SIGKILL');
    await first;
    await other.ok('plan', 'add_note', call);
    await other.ok('plan', 'add_note', call);
    expect(notesOf(dataRoot, call.note)).toBe(1);
  }
  expect(answered.length + lost).toBe(8);
  expect(lost).toBeGreaterThan(0);
}, 60_000);
