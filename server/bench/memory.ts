/** Resident memory of server processes two seconds after their start. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { build } from 'esbuild';

const SERVER = join(import.meta.dirname, '..');
const SETTLED_MS = 2_000;

export interface Memory {
  /** Megabytes; null where the system does not tell. */
  ours_mb: number | null;
  /** A bundled server with the driver, the protocol library and one tool. */
  bare_mb: number | null;
}

export async function measureMemory(dataRoot: string): Promise<Memory> {
  const bare = await bundleBareServer();
  const ours = spawnServer([join(SERVER, 'bin/project-memory.mjs'), 'mcp', '--data-root', dataRoot]);
  const other = spawnServer([bare, join(dataRoot, 'project-memory.db')]);
  await setTimeout(SETTLED_MS);
  const memory = { ours_mb: residentMb(ours), bare_mb: residentMb(other) };
  for (const child of [ours, other]) child.kill();
  return memory;
}

function spawnServer(args: string[]): ChildProcess {
  return spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'] });
}

async function bundleBareServer(): Promise<string> {
  const outfile = join(SERVER, 'bench', '.bare-server.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'bare-server.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.19',
    external: ['better-sqlite3'],
    minify: true,
    logLevel: 'warning',
  });
  return outfile;
}

function residentMb(child: ChildProcess): number | null {
  if (process.platform !== 'linux') return null;
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** Where the bench puts its database. */
export function benchFolder(): string {
  return join(tmpdir(), `project-memory-bench-${process.pid}`);
}
