/** Small disks in memory, to be filled and made read-only. Only root on Linux can mount them. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether a disk can be mounted here: it is tried. */
export const canMount = triesToMount();

function triesToMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    removeDisk(makeDisk('64k'));
    return true;
  } catch {
    return false;
  }
}

/** A disk of this size, such as `8m`. */
export function makeDisk(size: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'project-memory-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

/** Lazily: a process that was left behind must not keep the disk. */
export function removeDisk(folder: string): void {
  execFileSync('umount', ['--lazy', folder], { stdio: 'pipe' });
  rmSync(folder, { recursive: true, force: true });
}

export function setReadOnly(disk: string, readOnly: boolean): void {
  execFileSync('mount', ['-o', `remount,${readOnly ? 'ro' : 'rw'}`, disk], { stdio: 'pipe' });
}

/** Writes until not a byte is left; answers what gives the space back. */
export function fill(disk: string): () => void {
  const file = join(disk, 'filler');
  writeFileSync(file, '');
  for (let size = 1024 * 1024; size >= 1; ) {
    try {
      appendFileSync(file, Buffer.alloc(size));
    } catch {
      size = Math.floor(size / 4);
    }
  }
  return () => {
    if (existsSync(file)) rmSync(file);
  };
}
