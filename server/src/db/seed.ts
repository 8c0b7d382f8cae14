/** The entry of `npx tsx server/src/db/seed.ts`: seeds the usual database with the catalog and the default content. */
import { isSupported, rerunUnderFetchedNode } from '../../bin/supported-node.mjs';

if (isSupported) await seed();
else rerunUnderFetchedNode();

// Imported late: the driver crashes an old Node as soon as it is loaded.
async function seed(): Promise<void> {
  const [{ closeDb, getDb }, { seedIfChanged }] = await Promise.all([
    import('./index.ts'),
    import('../catalog/seed.ts'),
  ]);
  const { name } = getDb();
  const seeded = await seedIfChanged();
  process.stdout.write(`${name}: ${seeded.length === 0 ? 'up to date' : `seeded ${seeded.join(' and ')}`}\n`);
  closeDb();
}
