/** Runs the scripts of `processes/`, each in a Node of its own, all from the same moment on. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface Child {
  process: ChildProcessWithoutNullStreams;
  lines: Interface;
}

/** Starts a script; the answer comes when it is loaded and waits for its start. Killed after the test, if still there. */
export async function startScript(script: URL, args: readonly string[]): Promise<Child> {
  const child = spawn(process.execPath, [fileURLToPath(script), ...args]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  child.stderr.setEncoding('utf8');
  const lines = createInterface({ input: child.stdout });
  const [first] = await Promise.race([once(lines, 'line'), once(child, 'close')]);
  if (first !== 'ready') throw new Error(`${script.pathname} did not start: ${child.stderr.read() ?? ''}`);
  return { process: child, lines };
}

/** Runs a script once per list of arguments, all at the same moment; answers the lines that each of them said. */
export async function runTogether(script: URL, argsOfEach: readonly (readonly string[])[]): Promise<string[][]> {
  const children = await Promise.all(argsOfEach.map((args) => startScript(script, args)));
  const ends = children.map((child) => linesUntilEnd(child));
  for (const child of children) child.process.stdin.end('\n');
  return Promise.all(ends);
}

async function linesUntilEnd({ process: child, lines }: Child): Promise<string[]> {
  const said: string[] = [];
  lines.on('line', (line) => said.push(line));
  let complaint = '';
  child.stderr.on('data', (text: string) => {
    complaint += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`A process ended with ${code}: ${complaint}`);
  return said;
}
