/** The package as a user gets it: packed, and installed by npm into an empty folder on a machine with little on it. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect } from 'vitest';
import { type Finished, runNode, SERVER } from './processes.ts';

export interface Installed {
  /** The folder given to npm as --prefix. */
  prefix: string;
  /** The command that npm has put there. */
  command: string;
  /** Where the files of the package lie. */
  folder: string;
  env: Record<string, string>;
}

interface Packed {
  filename: string;
  files: { path: string }[];
}

/** Packs the package into this folder; answers the path of the file and what is in it. */
export async function pack(into: string): Promise<{ file: string; paths: string[] }> {
  const { code, stdout, stderr } = await npm(['pack', '--json', '--pack-destination', into], bareMachine(into), SERVER);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const [packed] = JSON.parse(stdout) as Packed[];
  if (packed === undefined) throw new Error(`npm pack said nothing of a file: ${stdout}`);
  return { file: join(into, packed.filename), paths: packed.files.map(({ path }) => path).sort() };
}

/** Installs a packed file for all users of `prefix`, as docs/install.md says. */
export async function install(file: string, folder: string): Promise<Installed> {
  const prefix = join(folder, 'prefix');
  const env = bareMachine(folder);
  const { code, stderr } = await npm(['install', '--global', '--prefix', prefix, file], env, folder);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return {
    prefix,
    command: join(prefix, 'bin/project-memory'),
    folder: join(prefix, 'lib/node_modules/project-memory'),
    env,
  };
}

/** Runs the installed command to its end. */
export function run({ command, env }: Installed, args: readonly string[], node?: string): Promise<Finished> {
  const [program, ...rest] = node === undefined ? [command, ...args] : [node, command, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(program as string, rest, { env });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
    child.stdin.end();
  });
}

/** npm under the Node that runs the tests. */
export function npm(args: readonly string[], env: Record<string, string>, cwd: string): Promise<Finished> {
  return runNode([npmCli(), ...args], { env, cwd });
}

/** An empty home, and on the PATH Node and a shell: no compiler, no make, no Python, no git. */
function bareMachine(folder: string): Record<string, string> {
  const [home, tools] = [join(folder, 'home'), join(folder, 'tools')];
  if (!existsSync(tools)) {
    for (const made of [home, tools]) mkdirSync(made);
    symlinkSync(process.execPath, join(tools, 'node'));
    symlinkSync('/bin/sh', join(tools, 'sh'));
  }
  const network = Object.entries(process.env).filter(([name]) => REACHES_REGISTRY.test(name));
  return { ...(Object.fromEntries(network) as Record<string, string>), HOME: home, PATH: tools, XDG_CACHE_HOME: '' };
}

/** What a machine may need to reach its registry at all. */
const REACHES_REGISTRY = /^(npm_config_(registry|cafile)|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(https?|no)_proxy)$/i;

function npmCli(): string {
  const started = process.env['npm_execpath'];
  if (started?.endsWith('npm-cli.js')) return started;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, 'npm')).find((path) => existsSync(path));
  if (found === undefined) throw new Error('There is no npm on the PATH.');
  return realpathSync(found);
}
