/** The two servers that are measured beside each other, as arguments for Node. */
import { join } from 'node:path';
import { build } from 'esbuild';

const SERVER = join(import.meta.dirname, '..');

export interface Servers {
  ours: readonly string[];
  /** The floor: a bundled process with the driver, an open file, the protocol library and one tool. */
  bare: readonly string[];
}

export async function serversOn(dataRoot: string): Promise<Servers> {
  const outfile = join(SERVER, 'bench', '.bare-server.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'bare-server.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.19',
    external: ['better-sqlite3'],
    minify: true,
    logLevel: 'warning',
  });
  return {
    ours: [join(SERVER, 'bin/project-memory.mjs'), 'mcp', '--data-root', dataRoot],
    bare: [outfile, join(dataRoot, 'project-memory.db')],
  };
}
