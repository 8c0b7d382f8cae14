/** What the official conformance suite requires of a server, in both revisions of the protocol, over the loopback port. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openDatabase, setDb } from '../../src/db/index.ts';
import { startFixtureServer } from '../conformance/fixture-server.ts';
import { type Exceptions, type Revision, runSuite } from '../conformance/suite.ts';
import { temporaryFolder } from '../support/folders.ts';
import { connectHttp, startServer } from '../support/http-server.ts';
import { INSTALLING_MS, protocolTools } from '../support/protocol-tools.ts';
import { withoutToken } from '../support/token-proxy.ts';
import { aWorld } from '../support/world.ts';

let tools = '';

beforeAll(() => {
  tools = protocolTools();
}, INSTALLING_MS);

async function expectConformance(url: string, revision: Revision, exceptions: Exceptions): Promise<void> {
  const { report, ...outcome } = await runSuite(tools, url, revision, exceptions);
  expect(outcome, report).toEqual({ code: 0, missing: [] });
}

describe.each<Revision>(['2025-11-25', '2026-07-28'])('revision %s', (revision) => {
  test('the production server passes all that is required but what the reviewed list names', async () => {
    const server = await startServer({ dataRoot: temporaryFolder() });
    await aWorld(await connectHttp(server));
    await expectConformance(await withoutToken(server), revision, 'baseline.yml');
  });

  test('with the fixtures that the suite calls by name, all that is required passes', async () => {
    setDb(openDatabase(join(temporaryFolder(), 'project-memory.db')));
    await expectConformance(await startFixtureServer(), revision, 'no-exceptions.yml');
  });
});
