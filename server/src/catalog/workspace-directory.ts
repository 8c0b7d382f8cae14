/**
 * What the disk says about a directory: its real path, and the git repository it belongs to. Read from git's own files
 * (gitrepository-layout(5)), so that no program has to be started for it.
 */
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { originKey } from '../domain/repository-origin.ts';
import { readSmallFile } from './small-file.ts';

export interface Directory {
  /** Without symbolic links, in the case that the disk has. */
  path: string;
  /**
   * The place that all worktrees of its repository share: the same directory in the main worktree or, where the repository
   * lies elsewhere, below the repository itself. Null outside of a repository.
   */
  shared: string | null;
  /** The repository's common directory. */
  repository: string | null;
}

/** @returns null for what is no directory of this machine */
export function readDirectory(path: string): Directory | null {
  const real = isAbsolute(path) ? realDirectory(path) : null;
  if (real === null) return null;
  const git = findRepository(real);
  if (git === null) return { path: real, shared: null, repository: null };
  const top = basename(git.common) === '.git' ? dirname(git.common) : git.common;
  return { path: real, shared: join(top, relative(git.worktree, real)), repository: git.common };
}

/**
 * Every path under which the workspace of a directory may be registered, the nearest first. The disk is asked only for those
 * after the first.
 */
export function* placesOf(path: string, known?: Directory | null): Generator<string> {
  yield path;
  const directory = known === undefined ? readDirectory(path) : known;
  if (directory === null) return;
  if (directory.path !== path) yield directory.path;
  if (directory.shared !== null && directory.shared !== path && directory.shared !== directory.path)
    yield directory.shared;
}

/** Where the repository of a directory was cloned from, and which part of it the directory is; null where it was not cloned. */
export async function originOf({ shared, repository }: Directory): Promise<string | null> {
  const config = repository === null ? null : readSmallFile(join(repository, 'config'));
  if (config === null || repository === null || shared === null) return null;
  // The default export: in the bundle a CommonJS library has no other.
  const { default: ini } = await import('ini');
  const address: unknown = ini.parse(config)['remote "origin"']?.url;
  const key = typeof address === 'string' ? originKey(address) : null;
  if (key === null) return null;
  const part = relative(basename(repository) === '.git' ? dirname(repository) : repository, shared);
  const cloned = isAbsolute(key) ? (realDirectory(key) ?? key) : key;
  return part === '' ? cloned : `${cloned}/${part.replaceAll('\\', '/')}`;
}

function realDirectory(path: string): string | null {
  try {
    const real = realpathSync.native(path);
    return statSync(real).isDirectory() ? real : null;
  } catch {
    return null;
  }
}

/** The repository around a directory: the top of its worktree, and the directory that its worktrees have in common. */
function findRepository(path: string): { worktree: string; common: string } | null {
  for (let worktree = path; ; worktree = dirname(worktree)) {
    const git = gitDirectory(worktree);
    const common =
      git === null ? null : realDirectory(resolve(git, readSmallFile(join(git, 'commondir'))?.trim() ?? '.'));
    if (common !== null && readSmallFile(join(common, 'HEAD')) !== null) return { worktree, common };
    if (worktree === dirname(worktree)) return null;
  }
}

/** `.git`, or what it points to where it is a file. */
function gitDirectory(worktree: string): string | null {
  const git = join(worktree, '.git');
  const pointer = readSmallFile(git);
  if (pointer === null) return realDirectory(git);
  const target = /^gitdir: (.+)$/m.exec(pointer)?.[1];
  return target === undefined ? null : realDirectory(resolve(worktree, target.trim()));
}
