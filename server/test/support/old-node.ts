/** A Node on this machine that the program does not support, for tests of what it says there. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { satisfies, supportedRange } from '../../bin/supported-node.mjs';

/** Its path; undefined where there is none. */
export function findOldNode(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/bin', '/usr/bin'];
  return folders
    .map((folder) => join(folder, 'node'))
    .filter((node) => existsSync(node))
    .find((node) => {
      const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
      const version = /^v(\d+\.\d+\.\d+)/.exec(stdout ?? '')?.[1];
      return version !== undefined && !satisfies(version, supportedRange);
    });
}
