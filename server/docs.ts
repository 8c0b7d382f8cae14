/** Writes docs/tools.md from the catalog; with --check it only looks, and fails when the page is out of date. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolsPage } from './src/catalog/derive/docs.ts';
import { TOOLS } from './src/catalog/tools.ts';

const file = join(import.meta.dirname, '../docs/tools.md');
const page = toolsPage(TOOLS);

if (!process.argv.includes('--check')) {
  writeFileSync(file, page);
} else if (!existsSync(file) || readFileSync(file, 'utf8') !== page) {
  process.stderr.write('docs/tools.md is out of date: run npm run docs -w server.\n');
  process.exitCode = 1;
}
