/** Sets a checkout up: a Node within `engines`, and the packages that package-lock.json names. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchedNode, isSupported, supportedRange } from '../server/bin/supported-node.mjs';
import { withLock } from './lock.mjs';
import { npm } from './npm.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A set-up that cannot succeed here; the message is for the person at the terminal. */
export class SetUpError extends Error {}

const STAMP = join(root, 'node_modules/.installed');
/** npm's words go to stderr, so that the output of the command itself stays clean; nothing is ever asked. */
const QUIET = ['ignore', 2, 2];

/** Gives the path of the Node to use, once Node and the packages are in place. @throws SetUpError */
export async function setUp() {
  if (!nodeToUse() || !isInstalled()) {
    // Commands started at the same moment wait for each other here, and find the work done.
    await withLock(join(root, '.setup-lock'), async () => {
      if (!nodeToUse()) await fetchNode();
      if (!isInstalled()) await install();
    });
  }
  if (!isSupported) say(`This is Node ${process.versions.node}, not ${supportedRange}: going on under our own.`);
  return nodeToUse();
}

function nodeToUse() {
  return isSupported ? process.execPath : fetchedNode();
}

/** Fetches Node from the npm registry into .node/<version>, a name that the folder takes only when complete. */
async function fetchNode() {
  const recipe = join(root, 'scripts/node');
  const { version, optionalDependencies } = JSON.parse(fs.readFileSync(join(recipe, 'package.json'), 'utf8'));
  if (!Object.hasOwn(optionalDependencies, `node-${platform()}`)) {
    throw new SetUpError(`There is no Node to fetch for ${platform()}: please install Node ${supportedRange}.`);
  }
  say(`Fetching Node ${version} ...`);
  const folder = join(root, '.node', version);
  const fresh = `${folder}.${process.pid}`;
  fs.mkdirSync(fresh, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) fs.copyFileSync(join(recipe, file), join(fresh, file));
  await npmCi(process.execPath, fresh, ['--ignore-scripts', '--include=optional']);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.renameSync(fresh, folder);
}

/** Such as linux-x64, in the words of the packages that hold Node; they have none for a Linux without glibc. */
function platform() {
  const withoutGlibc = process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime;
  return `${process.platform.replace('win32', 'win')}-${process.arch}${withoutGlibc ? '-musl' : ''}`;
}

async function install() {
  say('Installing the packages ...');
  fs.rmSync(STAMP, { force: true });
  // With NODE_ENV=production npm would leave the build tools out.
  await npmCi(nodeToUse(), root, ['--include=dev']);
  fs.writeFileSync(STAMP, fingerprint());
}

async function npmCi(node, cwd, options) {
  const code = await npm(node, ['ci', ...options], { cwd, stdio: QUIET });
  if (code !== 0) throw new SetUpError(`npm ci failed in ${cwd}: see above.`);
}

function isInstalled() {
  return fs.existsSync(STAMP) && fs.readFileSync(STAMP, 'utf8') === fingerprint();
}

/** What the installed packages depend on. */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  const files = ['package-lock.json', 'package.json', 'server/package.json'];
  for (const file of files) hash.update(fs.readFileSync(join(root, file)));
  return hash.digest('hex');
}

function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}
