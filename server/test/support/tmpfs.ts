/** Small disks in memory, for tests of full and read-only ones. Only root on Linux can mount them. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Whether a tmpfs can be mounted here: it is tried. */
export const canMount = triesToMount();

function triesToMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), 'project-memory-mount-'));
  try {
    mount(folder, '64k');
    unmount(folder);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A disk of this size, such as `8m`, gone after the test. */
export function smallDisk(size: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'project-memory-disk-'));
  mount(folder, size);
  onTestFinished(() => {
    unmount(folder);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export function makeReadOnly(disk: string): void {
  execFileSync('mount', ['-o', 'remount,ro', disk], { stdio: 'pipe' });
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

function mount(folder: string, size: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', folder], { stdio: 'pipe' });
}

/** Lazily: a process that a failed test left behind must not keep the disk. */
function unmount(folder: string): void {
  execFileSync('umount', ['--lazy', folder], { stdio: 'pipe' });
}
