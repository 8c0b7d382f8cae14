/** Where the default agents, instructions and skills lie, and how content is read and seeded. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SeedReport } from '../db/seed-content.ts';

export { seedDemo } from '../db/seed-demo.ts';

/** Beside the bundle, or, in the sources, the root of the repository. */
export function contentFolder(): string {
  const bundled = fileURLToPath(new URL('./content', import.meta.url));
  return existsSync(bundled) ? bundled : fileURLToPath(new URL('../../..', import.meta.url));
}

/** Reads content files and answers them with what stores them. The front-matter parser is loaded by this. */
export async function loadContent(folder: string) {
  const { readContent, seedContent } = await import('../db/seed-content.ts');
  return { files: readContent(folder), seedContent };
}

/** Stores the agents, instructions and skills of a person's own folder. @throws not_found for a missing folder */
export async function seedFolder(folder: string): Promise<SeedReport> {
  const { files, seedContent } = await loadContent(folder);
  return seedContent(files, 'user');
}
