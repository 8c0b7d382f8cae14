/** A lock between processes of one machine: a folder that holds one file, named after the process that has the lock. */
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Runs the work while no other process holds the lock; the lock of a process that has died is taken over. */
export async function withLock(folder, work) {
  let told = false;
  while (!tryToTake(folder)) {
    const holder = holderOf(folder);
    if (holder !== undefined && !isAlive(holder)) letGo(folder, holder);
    else if (holder !== undefined && !told) {
      process.stderr.write(`Waiting for process ${holder}, which is setting up (if it is not, remove ${folder}).\n`);
      told = true;
    }
    await pause(100);
  }
  try {
    return await work();
  } finally {
    letGo(folder, process.pid);
  }
}

/** Renaming a folder onto one that has a file in it fails, so of many only one comes through. */
function tryToTake(folder) {
  const own = `${folder}.${process.pid}`;
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, String(process.pid)), '');
  try {
    renameSync(own, folder);
    return true;
  } catch {
    rmSync(own, { recursive: true, force: true });
    return false;
  }
}

/** Removes the named holder and nobody else: the folder goes only when it is empty. */
function letGo(folder, holder) {
  rmSync(join(folder, String(holder)), { force: true });
  try {
    rmdirSync(folder);
  } catch {
    // Another process holds the lock already.
  }
}

function holderOf(folder) {
  try {
    const [name] = readdirSync(folder);
    return name === undefined ? undefined : Number(name);
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
