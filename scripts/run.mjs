/**
 * The one door of the root commands: node scripts/run.mjs <command> [arguments].
 *
 * On a machine with nothing but some Node (20 or newer) and npm it fetches the Node that the project needs, installs
 * the packages, and then runs the command under that Node. Once set up, it goes straight to the command.
 */
import { delimiter, dirname, join } from 'node:path';
import { runInForeground } from '../server/bin/supported-node.mjs';
import { npm } from './npm.mjs';
import { root, SetUpError, setUp } from './set-up.mjs';

const server = join(root, 'server');

/** What each command runs, in order; the first that fails ends it. `rest` is what was given after the command. */
const COMMANDS = {
  start: (rest) => [
    nodeIn(server, 'build.mjs'),
    nodeIn(root, join(server, 'bin/project-memory.mjs'), 'serve', ...rest),
  ],
  test: (rest) => [npmRun('verify', rest)],
  check: (rest) => [npmRun('lint', rest)],
  'check:long': (rest) => [npmRun('verify:long', rest)],
  build: () => [nodeIn(server, 'build.mjs')],
  bench: (rest) => [nodeIn(server, 'build.mjs'), nodeIn(server, 'bench/run.ts', ...rest)],
  'bench:search': (rest) => [nodeIn(server, 'bench/search/run.ts', ...rest)],
  torture: (rest) => [nodeIn(server, 'build.mjs'), nodeIn(root, join(server, 'torture/run.ts'), ...rest)],
};

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function main([name, ...rest]) {
  if (!Object.hasOwn(COMMANDS, name ?? '')) {
    process.stderr.write(`Usage: node scripts/run.mjs ${Object.keys(COMMANDS).join(' | ')}\n`);
    return 1;
  }
  const node = await setUp();
  // Whatever npm and the command start from here on runs under the same Node.
  process.env.PATH = dirname(node) + delimiter + process.env.PATH;
  for (const step of COMMANDS[name](rest)) {
    const exitCode = await step(node);
    if (exitCode !== 0) return exitCode;
  }
  return 0;
}

function nodeIn(cwd, ...args) {
  return (node) => runInForeground(node, args, { cwd });
}

function npmRun(script, rest) {
  return (node) => npm(node, ['run', script, '--', ...rest], { cwd: root });
}
