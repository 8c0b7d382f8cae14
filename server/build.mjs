/**
 * Bundles the server into dist/: a few chunks, so that what a command does not need is not loaded at its start,
 * the SQL migrations, the default content that seeding reads, and a hash of all that.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { CHECKSUMS, readMigrations } from './src/db/migration-runner.ts';

const server = import.meta.dirname;
const root = join(server, '..');
const dist = join(server, 'dist');
const fresh = join(server, `dist.${process.pid}.tmp`);
const retired = join(server, `dist.${process.pid}.old`);

/** What the bundle reads at run time: from the checkout, into dist/. */
const COPIES = [
  [join(server, 'src/db/migrations'), 'migrations'],
  [join(root, 'agents'), 'content/agents'],
  [join(root, '.github/instructions'), 'content/instructions'],
  [join(root, '.github/skills'), 'content/skills'],
];

/** pino is CommonJS and requires Node's own modules, which a chunk, being an ES module, cannot do by itself. */
const REQUIRE = `
import { createRequire as createBundleRequire } from 'node:module';
const require = createBundleRequire(import.meta.url);`;

/** npm packs these two only from the package's own folder, so they are copied there (and ignored by git). */
const PACKED = ['README.md', 'LICENSE'];

const needed = [...COPIES.map(([from]) => from), ...PACKED.map((name) => join(root, name))];
const missing = needed.filter((path) => !existsSync(path)).map((path) => relative(root, path));
if (missing.length > 0) {
  process.stderr.write(`The build needs these, which are missing: ${missing.join(', ')}.\n`);
  process.exit(1);
}

try {
  await bundle();
  for (const [from, to] of COPIES) cpSync(from, join(fresh, to), { recursive: true });
  noteChecksums(join(fresh, 'migrations'));
  writeFileSync(join(fresh, 'build-hash'), hashOf(fresh));
  for (const name of PACKED) cpSync(join(root, name), join(server, name));
  replaceDist();
} finally {
  for (const folder of [fresh, retired]) rmSync(folder, { recursive: true, force: true });
}

async function bundle() {
  await build({
    absWorkingDir: server,
    entryPoints: { 'project-memory': 'src/main.ts' },
    outdir: fresh,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.19',
    external: ['better-sqlite3'],
    minify: true,
    legalComments: 'linked',
    logLevel: 'warning',
    banner: { js: REQUIRE },
  });
}

/** What the migration runner would compute at every start. */
function noteChecksums(folder) {
  const migrations = readMigrations(folder).map(({ name, checksum }) => [name, checksum]);
  writeFileSync(join(folder, CHECKSUMS), JSON.stringify(Object.fromEntries(migrations)));
}

/** Equal builds have one hash: a database that one of them seeded need not be compared with what another brings. */
function hashOf(folder) {
  const hash = createHash('sha256');
  for (const path of readdirSync(folder, { recursive: true }).sort()) {
    const file = join(folder, path);
    if (statSync(file).isFile()) hash.update(`${path}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Swaps whole folders: builds that run at once never mix their files, but may find the other's dist/ in the way. */
function replaceDist() {
  for (let attempt = 1; ; attempt++) {
    try {
      if (existsSync(dist)) renameSync(dist, retired);
      renameSync(fresh, dist);
      return;
    } catch (error) {
      if (attempt === 20) throw error;
      rmSync(retired, { recursive: true, force: true });
    }
  }
}
