/**
 * Fails when a lockfile, ours or that of a recipe, would not install everywhere. npm leaves out, in silence, optional packages whose
 * binaries the registry lacks, and then every later `npm ci` fails with "Missing: ... from lock file".
 * The address of a registry in the lockfile would bind every clone to it.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmCommand } from './npm.mjs';
import { root } from './set-up.mjs';

const [command, ...before] = npmCommand(process.execPath);

for (const folder of ['.', 'scripts/node', 'scripts/conformance']) {
  const cwd = join(root, folder);
  const dryRun = spawnSync(command, [...before, 'ci', '--dry-run'], { cwd, encoding: 'utf8' });
  const output = `${dryRun.stdout}${dryRun.stderr}`;
  if (dryRun.status !== 0 || output.includes('Missing:')) fail(`npm ci --dry-run failed in ${cwd}:\n${output}`);
  const lockfile = join(cwd, 'package-lock.json');
  if (/"resolved": "\w+:\/\//.test(readFileSync(lockfile, 'utf8')))
    fail(`${lockfile} holds the address of a registry.`);
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
