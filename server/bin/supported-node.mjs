/**
 * Which Node may run Project Memory, where the one fetched by scripts/run.mjs lies, and how to hand over to it.
 *
 * Plain JavaScript of 2017 on purpose, without `node:` specifiers: this file has to run on the Nodes it refuses.
 */
import { spawn } from 'child_process';
import { existsSync, readFileSync } from 'fs';
import { constants } from 'os';
import { fileURLToPath } from 'url';

/** The range in `engines`, such as "^22.19 || ^24 || >=26". */
export const supportedRange = readJson('../package.json').engines.node;

/** Whether this process runs on a Node within the supported range. */
export const isSupported = satisfies(process.versions.node, supportedRange);

/** Whether a version such as "24.21.0" lies in a range made of `^` and `>=` with a major and perhaps a minor number. */
export function satisfies(version, range) {
  const [major, minor] = version.split('.').map(Number);
  return range.split('||').some((part) => {
    const [, operator, wantedMajor, wantedMinor] = /^(\^|>=)(\d+)(?:\.(\d+))?$/.exec(part.trim());
    if (major === Number(wantedMajor)) return minor >= Number(wantedMinor || 0);
    return operator === '>=' && major > Number(wantedMajor);
  });
}

/** The path of the Node that scripts/run.mjs has fetched; undefined when it has not, and in the published package. */
export function fetchedNode() {
  if (!existsSync(pathOf('../../scripts/node/package.json'))) return undefined;
  const version = readJson('../../scripts/node/package.json').version;
  const name = 'node-' + process.platform.replace('win32', 'win') + '-' + process.arch;
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = pathOf('../../.node/' + version + '/node_modules/' + name + '/bin/' + binary);
  return existsSync(path) ? path : undefined;
}

/**
 * Starts this process's own script and arguments once more, under the fetched Node, and ends with its exit code.
 * Without a fetched Node: one sentence on stderr and exit code 1.
 */
export function rerunUnderFetchedNode() {
  const node = fetchedNode();
  const found = 'Project Memory needs Node ' + supportedRange + ' and this is ' + process.versions.node;
  if (!node) {
    process.stderr.write(found + ': please install a newer Node.\n');
    process.exit(1);
  }
  if (process.stderr.isTTY) process.stderr.write(found + ': it goes on under its own Node.\n');
  const args = process.execArgv.concat(process.argv.slice(1));
  runInForeground(node, args).then(process.exit, (error) => {
    process.stderr.write(node + ' does not start: ' + error.message + '\n');
    process.exit(1);
  });
}

/**
 * Runs a command with our stdio and gives its exit code, 128 + n after signal n as shells do.
 * Signals sent to us go on to it, so that whoever stops us stops it, and it has the time to end in order.
 */
export function runInForeground(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, Object.assign({ stdio: 'inherit' }, options));
    const passOn = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, passOn);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const each of signals) process.removeListener(each, passOn);
      resolve(signal ? 128 + constants.signals[signal] : code);
    });
  });
}

function readJson(relative) {
  return JSON.parse(readFileSync(pathOf(relative), 'utf8'));
}

function pathOf(relative) {
  return fileURLToPath(new URL(relative, import.meta.url));
}
