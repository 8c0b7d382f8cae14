/** Whether anybody has a database open whose locks cannot be asked: its file is gone, or damaged. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const REMOVED = / \(deleted\)$/;

/**
 * Whether any process that can be seen from here has the database or its log open. On Windows a file that is open cannot be
 * moved or removed: moving it tells.
 */
export function isHeldOpen(file: string): boolean {
  const path = join(realpathSync(dirname(file)), basename(file));
  const parts = [path, `${path}-wal`, `${path}-shm`];
  if (process.platform === 'linux') return openFiles().some((open) => parts.includes(open.replace(REMOVED, '')));
  if (process.platform !== 'darwin') return false;
  const { error, stdout } = spawnSync('/usr/sbin/lsof', ['-t', '--', ...parts]);
  return error === undefined && stdout.length > 0;
}

function openFiles(): string[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.flatMap((id) => {
    const folder = `/proc/${id}/fd`;
    return unlessGone(() => readdirSync(folder)).flatMap((name) =>
      unlessGone(() => [readlinkSync(join(folder, name))]),
    );
  });
}

/** Processes end and close files meanwhile, and those of others do not show theirs. */
function unlessGone(look: () => string[]): string[] {
  try {
    return look();
  } catch {
    return [];
  }
}
