/** A data root as a person has it, changed and looked at through the command line. */
import { expect } from 'vitest';
import { temporaryFolder } from './folders.ts';
import { runBin } from './processes.ts';

/** One with a workspace. */
export async function aHome(): Promise<string> {
  const dataRoot = temporaryFolder();
  await register(dataRoot, '/projects/shop');
  return dataRoot;
}

export async function register(dataRoot: string, path: string): Promise<void> {
  expect(await runBin(['workspace', 'register', '--path', path], { dataRoot })).toMatchObject({ code: 0 });
}

export async function paths(dataRoot: string): Promise<string[]> {
  const { stdout } = await runBin(['workspace', 'list', '--json'], { dataRoot });
  return [...stdout.matchAll(/"path":"([^"]+)"/g)].map(([, path = '']) => path);
}

/** Runs a command that must succeed and answers what it printed. */
export async function ok(dataRoot: string, ...args: string[]): Promise<string> {
  const ended = await runBin(args, { dataRoot });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return ended.stdout;
}

/** What a command says that must be refused, in a sentence. */
export async function refused(dataRoot: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runBin(args, { dataRoot });
  expect([1, 2]).toContain(code);
  expect(stdout).toBe('');
  return stderr;
}
