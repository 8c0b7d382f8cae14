/** Resident memory of server processes two seconds after their start. */
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Servers } from './servers.ts';
import { StdioServer } from './stdio.ts';

const SETTLED_MS = 2_000;

export interface Memory {
  /** Megabytes; null where the system does not tell. */
  ours_mb: number | null;
  bare_mb: number | null;
}

export async function measureMemory({ ours, bare }: Servers): Promise<Memory> {
  const servers = [new StdioServer(ours), new StdioServer(bare)] as const;
  await setTimeout(SETTLED_MS);
  const memory = { ours_mb: residentMb(servers[0]), bare_mb: residentMb(servers[1]) };
  for (const server of servers) await server.end();
  return memory;
}

function residentMb({ child }: StdioServer): number | null {
  if (process.platform !== 'linux') return null;
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
