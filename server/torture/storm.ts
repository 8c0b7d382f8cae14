/** Agents at work while their processes are killed, stopped for longer than a lease, and the clock is put forward and back. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Adapter } from './adapter.ts';
import { Worker } from './agent.ts';
import { Connection } from './connection.ts';
import { type Faults, Ledger } from './ledger.ts';

export interface StormReport {
  agents: number;
  seconds: number;
  acknowledged: number;
  steps_finished: number;
  late_calls_refused: number;
  calls_sent_twice_at_once: number;
  kills: number;
  stops: number;
  agents_lost: number;
  clock_jumps: number;
  calls_per_second: number;
  finish_and_claim_per_second: number;
  latency_ms: { p50: number; p95: number; p99: number; max: number };
  faults: Faults;
  errors: Record<string, number>;
  /** Of claims that overlapped, what happened when. */
  overlaps: readonly string[];
}

const HOUR_MS = 3_600_000;

export async function storm(adapter: Adapter, agents: number, seconds: number): Promise<StormReport> {
  const dataRoot = mkdtempSync(join(tmpdir(), 'project-memory-torture-'));
  const start = adapter.start(dataRoot);
  const twin = new Connection(start);
  const ledger = new Ledger();
  const counts = { kills: 0, stops: 0, agents_lost: 0, clock_jumps: 0 };
  try {
    const plan = await adapter.createPlan(twin.call);
    const around = { adapter, ledger, plan, twin };
    const workers = Array.from({ length: agents }, (_, n) => new Worker(`Agent ${n}`, new Connection(start), around));
    const began = performance.now();
    const work = workers.map((worker) => worker.work());
    const gone = Promise.all(work);
    await rage(adapter, dataRoot, ledger, workers, began + seconds * 1000, counts, gone);
    for (const worker of workers) worker.stop();
    await gone;
    const took = (performance.now() - began) / 1000;
    await Promise.all([twin, ...workers.map(({ connection }) => connection)].map((connection) => connection.close()));
    const state = await adapter.state(dataRoot, plan);
    return {
      agents,
      seconds: Math.round(took),
      acknowledged: ledger.acknowledged,
      steps_finished: ledger.finishedSteps,
      late_calls_refused: ledger.refused,
      calls_sent_twice_at_once: ledger.repeated,
      ...counts,
      calls_per_second: Math.round(ledger.latencies.length / took),
      finish_and_claim_per_second: Math.round(ledger.finishedSteps / took),
      latency_ms: quantiles(ledger.latencies),
      faults: ledger.compare(state, adapter.leaseSeconds),
      overlaps: ledger.overlaps,
      errors: Object.fromEntries([...ledger.errors].slice(0, 10)),
    };
  } finally {
    rmSync(dataRoot, { recursive: true, force: true });
  }
}

/** One evil after the other, until the time is over. */
async function rage(
  adapter: Adapter,
  dataRoot: string,
  ledger: Ledger,
  workers: readonly Worker[],
  end: number,
  counts: { kills: number; stops: number; agents_lost: number; clock_jumps: number },
  gone: Promise<unknown>,
): Promise<void> {
  const leaseMs = (adapter.leaseSeconds ?? 1) * 1000;
  const stopped = new Set<Worker>();
  let ahead = false;
  const one = () => workers[Math.floor(Math.random() * workers.length)] as Worker;
  const wait = (ms: number) => Promise.race([pause(ms), gone]);
  while (performance.now() < end) {
    await wait(200 + Math.random() * 600);
    const worker = one();
    const dice = Math.random();
    if (dice < 0.55) {
      worker.interrupted();
      if (!stopped.has(worker) && worker.connection.signal('SIGKILL')) counts.kills += 1;
    } else if (dice < 0.65) {
      if (stopped.has(worker)) continue;
      worker.abandon();
      worker.interrupted();
      if (worker.connection.signal('SIGKILL')) counts.agents_lost += 1;
    } else if (dice < 0.85) {
      if (stopped.size >= workers.length / 4 || stopped.has(worker) || !worker.holds) continue;
      worker.interrupted();
      if (!worker.connection.signal('SIGSTOP')) continue;
      counts.stops += 1;
      stopped.add(worker);
      const goOn = () => {
        worker.interrupted();
        worker.connection.signal('SIGCONT');
        stopped.delete(worker);
      };
      setTimeout(goOn, leaseMs * (1 + Math.random()));
    } else {
      // All live in one time: nobody is down while it changes, and those who live get their moment to say so.
      while (stopped.size > 0 || workers.some(({ isBack }) => !isBack)) await wait(20);
      ahead = !ahead;
      ledger.clockPut();
      writeFileSync(join(dataRoot, 'clock'), String(ahead ? HOUR_MS : 0));
      counts.clock_jumps += 1;
      await wait(leaseMs / 2);
    }
  }
  while (stopped.size > 0) await wait(50);
}

export function quantiles(times: readonly number[]): { p50: number; p95: number; p99: number; max: number } {
  const sorted = Float64Array.from(times).sort();
  const at = (share: number) =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
