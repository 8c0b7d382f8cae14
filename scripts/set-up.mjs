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

const PACKAGES = join(root, 'node_modules');
/** What the installed packages depend on. */
const MANIFESTS = ['package-lock.json', 'package.json', 'server/package.json'].map((file) => join(root, file));
/** The files of a recipe. */
const RECIPE = ['package.json', 'package-lock.json'];
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

/** Fetches Node from the npm registry into .node/<version>. */
async function fetchNode() {
  const recipe = join(root, 'scripts/node');
  const { version, optionalDependencies } = JSON.parse(fs.readFileSync(join(recipe, 'package.json'), 'utf8'));
  if (!Object.hasOwn(optionalDependencies, `node-${platform()}`)) {
    throw new SetUpError(`There is no Node to fetch for ${platform()}: please install Node ${supportedRange}.`);
  }
  say(`Fetching Node ${version} ...`);
  await fill(join(root, '.node', version), recipe);
}

/** Installs what a recipe, a folder with a package.json and its lockfile, names. @throws SetUpError */
export async function installRecipe(recipe, folder) {
  const files = RECIPE.map((file) => join(recipe, file));
  if (isStamped(folder, files)) return;
  await withLock(join(root, '.setup-lock'), async () => {
    if (isStamped(folder, files)) return;
    say(`Installing into ${folder} ...`);
    await fill(folder, recipe);
    stamp(folder, files);
  });
}

/** Fills a folder with the packages of a recipe; it takes its name only when complete. */
async function fill(folder, recipe) {
  const fresh = `${folder}.${process.pid}`;
  fs.mkdirSync(fresh, { recursive: true });
  for (const file of RECIPE) fs.copyFileSync(join(recipe, file), join(fresh, file));
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
  fs.rmSync(stampOf(PACKAGES), { force: true });
  // With NODE_ENV=production npm would leave the build tools out.
  await npmCi(nodeToUse(), root, ['--include=dev']);
  stamp(PACKAGES, MANIFESTS);
}

async function npmCi(node, cwd, options) {
  const code = await npm(node, ['ci', ...options], { cwd, stdio: QUIET });
  if (code !== 0) throw new SetUpError(`npm ci failed in ${cwd}: see above.`);
}

function isInstalled() {
  return isStamped(PACKAGES, MANIFESTS);
}

/** A file in a folder of packages says from which manifests, and for which machine, they were installed. */
function stampOf(folder) {
  return join(folder, '.installed');
}

function stamp(folder, manifests) {
  fs.writeFileSync(stampOf(folder), fingerprint(manifests));
}

function isStamped(folder, manifests) {
  return fs.existsSync(stampOf(folder)) && fs.readFileSync(stampOf(folder), 'utf8') === fingerprint(manifests);
}

function fingerprint(manifests) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  for (const file of manifests) hash.update(fs.readFileSync(file));
  return hash.digest('hex');
}

function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}
