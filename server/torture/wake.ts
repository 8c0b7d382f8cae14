/** How long it takes from a step that is given back in one process to the answer of who waits for it in another. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { changeMark, openDatabase, setDb } from '../src/db/index.ts';
import { adapter } from './adapters/project-memory.ts';
import { Connection } from './connection.ts';
import { quantiles } from './storm.ts';

export interface WakeReport {
  rounds: number;
  /** From the moment the other process sends its release. */
  wake_ms: { p50: number; p95: number; p99: number; max: number };
  /** What asking for changes costs the waiting process, each time. */
  ask_us: number;
}

export async function measureWake(rounds: number): Promise<WakeReport> {
  const dataRoot = mkdtempSync(join(tmpdir(), 'project-memory-wake-'));
  const [holder, waiter] = [new Connection(adapter.start(dataRoot)), new Connection(adapter.start(dataRoot))];
  try {
    const plan = await adapter.createPlan(holder.call);
    const agent = { name: 'Holder', plan, session: await adapter.join(holder.call, plan, 'Holder') };
    await adapter.add(holder.call, agent, 'add', ['The only step']);
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const { taken } = await adapter.next(holder.call, agent, `next ${round}`, null);
      const asked = { action: 'wait', plan_id: plan, agent_type: 'Waiter', timeout_s: 30 };
      const woken = waiter.call('memory_steps', asked).then(() => performance.now());
      // It waits by now, at an unknown place between two looks.
      await pause(200 + Math.random() * 100);
      const sent = performance.now();
      await holder.call('memory_steps', { action: 'release', step_id: taken?.step, session_id: agent.session });
      times.push((await woken) - sent);
    }
    return { rounds, wake_ms: quantiles(times), ask_us: askCost(join(dataRoot, 'project-memory.db')) };
  } finally {
    await Promise.all([holder.close(), waiter.close()]);
    rmSync(dataRoot, { recursive: true, force: true });
  }
}

function askCost(file: string): number {
  const db = openDatabase(file);
  setDb(db);
  const asks = 10_000;
  const start = performance.now();
  for (let ask = 0; ask < asks; ask++) changeMark();
  const took = performance.now() - start;
  db.close();
  return Number(((took / asks) * 1_000).toFixed(1));
}
