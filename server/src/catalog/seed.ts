/** What the program brings into every database: its tool catalog, and the default agents, instructions and skills. */
import { existsSync, readFileSync } from 'node:fs';
import {
  hashContentFiles,
  mustSeed,
  rebuildSearchIndexIfStale,
  recordSeed,
  type SeedPart,
  seedToolCatalog,
  transaction,
} from '../db/index.ts';
import { sha256 } from '../domain/node-crypto.ts';
import { contentFolder, loadContent } from './content.ts';
import { catalogRows } from './derive/rows.ts';
import { TOOLS } from './tools.ts';

/**
 * Seeds what differs from what was seeded last, unless a newer program did that. Call after opening a database.
 * Answers what was seeded.
 */
export async function seedIfChanged(): Promise<SeedPart[]> {
  // Before anything is written: after an upgrade the index is empty.
  rebuildSearchIndexIfStale();
  const build = buildHash();
  if (build !== null && !mustSeed('build', build)) return [];
  const folder = contentFolder();
  const rows = catalogRows(TOOLS);
  const catalogHash = sha256(JSON.stringify(rows));
  const contentHash = hashContentFiles(folder);
  // The front-matter parser is loaded only where there is something to parse.
  const content = mustSeed('content', contentHash) ? await loadContent(folder) : null;
  if (build === null && content === null && !mustSeed('catalog', catalogHash)) return [];
  return transaction(() => {
    // Another process may have seeded between the look and the lock.
    const seeded: SeedPart[] = [];
    if (mustSeed('catalog', catalogHash)) {
      seedToolCatalog(rows);
      recordSeed('catalog', catalogHash);
      seeded.push('catalog');
    }
    if (content !== null && mustSeed('content', contentHash)) {
      content.seedContent(content.files, 'default');
      recordSeed('content', contentHash);
      seeded.push('content');
    }
    if (build !== null && mustSeed('build', build)) recordSeed('build', build);
    return seeded;
  });
}

/** Which build of the program this is; null when it runs from the sources. */
function buildHash(): string | null {
  const file = new URL('./build-hash', import.meta.url);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}
