/** Calling the npm that belongs to the machine: the fetched Node comes without one. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runInForeground } from '../server/bin/supported-node.mjs';

/** Runs npm under the given Node and gives its exit code. */
export function npm(node, args, options) {
  const [command, ...before] = npmCommand(node);
  return runInForeground(command, [...before, ...args], options);
}

/**
 * How to start npm: its script under the given Node where it can be found, which needs no shell on any system,
 * else whatever PATH calls npm.
 */
export function npmCommand(node) {
  const own = process.env.npm_execpath ?? '';
  const besideNode = join(dirname(process.execPath), 'node_modules/npm/bin/npm-cli.js');
  const script = [own.endsWith('npm-cli.js') ? own : '', besideNode].find((path) => existsSync(path));
  return script ? [node, script] : ['npm'];
}
