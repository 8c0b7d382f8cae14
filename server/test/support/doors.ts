/** The ways in, each in both protocol eras: what an agent can do must not depend on the way it came. */
import { temporaryFolder } from './folders.ts';
import { connectHttp, startServer } from './http-server.ts';
import { connect, type Era, type Memory } from './memory.ts';

interface Door {
  door: string;
  /** A client of a fresh server, for one test. */
  enter: () => Promise<Memory>;
}

const ERAS: [Era, string][] = [
  ['legacy', '2025-11-25'],
  ['auto', '2026-07-28'],
];

export const DOORS: readonly Door[] = ERAS.flatMap(([era, version]) => [
  { door: `stdio, ${version}`, enter: () => connect({ dataRoot: temporaryFolder(), era }) },
  {
    door: `HTTP, ${version}`,
    enter: async () => await connectHttp(await startServer({ dataRoot: temporaryFolder() }), era),
  },
]);
