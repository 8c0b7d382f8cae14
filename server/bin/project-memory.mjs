#!/usr/bin/env node
/**
 * The launcher: sees to a Node that can run the bundle, then loads it.
 * Plain JavaScript of 2017 on purpose: an old Node has to get as far as the sentence that tells what is missing.
 */
import { existsSync } from 'fs';
import module from 'module';
import { homedir } from 'os';
import { join } from 'path';
import { isSupported, rerunUnderFetchedNode } from './supported-node.mjs';

const bundle = new URL('../dist/project-memory.mjs', import.meta.url);

if (!isSupported) {
  rerunUnderFetchedNode();
} else if (!existsSync(bundle)) {
  process.stderr.write('Project Memory is not built yet: run npm run build first.\n');
  process.exitCode = 1;
} else {
  keepCompiledCode();
  void import(bundle.href);
}

/** Lets Node keep the compiled bundle, which saves about a tenth of the start. A saving only: failing is no error. */
function keepCompiledCode() {
  try {
    module.enableCompileCache(cacheFolder());
  } catch (_error) {
    // No home, or a Node built without the cache: it starts without.
  }
}

/** The user's cache folder for Project Memory, the same one that env-paths gives. */
function cacheFolder() {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'project-memory');
  if (process.platform === 'win32') {
    return join(process.env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'project-memory', 'Cache');
  }
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'project-memory');
}
