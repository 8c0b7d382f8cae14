/** The program as processes: the launcher with arguments, in an environment that holds nothing of this machine's user. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const SERVER = fileURLToPath(new URL('../..', import.meta.url));
export const BIN = fileURLToPath(new URL('../../bin/project-memory.mjs', import.meta.url));
const CACHE = fileURLToPath(new URL('../../../.test-results/cache', import.meta.url));

export interface Launch {
  /** Given as PROJECT_MEMORY_DATA_ROOT. */
  dataRoot?: string | undefined;
  env?: Record<string, string> | undefined;
  cwd?: string | undefined;
  /** Another Node than the one that runs the tests. */
  node?: string | undefined;
  /** How many files, sockets among them, the process may have open; as many as the machine allows where it is left out. */
  openFiles?: number | undefined;
}

/** Variables of a test process. Its home cannot be written: what forgets its data root fails instead of hitting a user's own. */
export function environment({ dataRoot, env }: Launch = {}): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: '/dev/null',
    XDG_CACHE_HOME: CACHE,
    // It would write in between, whatever a test looks at; the tests of it turn it on.
    PROJECT_MEMORY_MAINTENANCE: 'off',
    ...(dataRoot === undefined ? {} : { PROJECT_MEMORY_DATA_ROOT: dataRoot }),
    ...env,
  };
}

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the program to its end, with this text on its stdin. */
export async function runBin(args: readonly string[], launch: Launch & { input?: string } = {}): Promise<Finished> {
  const { child, finished } = start([BIN, ...args], launch);
  child.stdin.on('error', () => undefined);
  child.stdin.end(launch.input ?? '');
  return await finished;
}

/** Runs any script with Node to its end. */
export async function runNode(args: readonly string[], launch: Launch = {}): Promise<Finished> {
  const { child, finished } = start(args, launch);
  child.stdin.end();
  return await finished;
}

export interface Running {
  child: ChildProcessWithoutNullStreams;
  /** Ends with the process. */
  finished: Promise<Finished>;
  /** What it has written so far. */
  output: { stdout: string; stderr: string };
  /** Waits until stdout holds this; fails when the process ends before. */
  says: (pattern: RegExp) => Promise<RegExpExecArray>;
}

/** Starts the program for as long as the caller likes. */
export function launchBin(args: readonly string[], launch: Launch = {}): Running {
  return start([BIN, ...args], launch);
}

/** Starts the program; killed after the test, if it still runs then. */
export function startBin(args: readonly string[], launch: Launch = {}): Running {
  const running = launchBin(args, launch);
  onTestFinished(async () => {
    running.child.kill('SIGKILL');
    await running.finished;
  });
  return running;
}

function start(args: readonly string[], launch: Launch): Running {
  const [command, ...rest] = limited(launch, [launch.node ?? process.execPath, ...args]);
  const child = spawn(command, rest, { cwd: launch.cwd, env: environment(launch) });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });
  const says = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(output.stdout);
        if (found !== null) resolve(found);
      };
      look();
      child.stdout.on('data', look);
      child.on('close', (code) =>
        reject(new Error(`It ended with ${code} before it said ${pattern}: ${output.stderr}`)),
      );
    });
  return { child, finished, output, says };
}

/** Only a shell can set the limit of the process that it becomes. */
function limited({ openFiles }: Launch, command: readonly string[]): [string, ...string[]] {
  if (openFiles === undefined) return command as [string, ...string[]];
  return ['/bin/sh', '-c', 'ulimit -n "$0" && exec "$@"', String(openFiles), ...command];
}
