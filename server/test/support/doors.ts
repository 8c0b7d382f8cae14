/** The ways in, each in both protocol eras: what an agent can do must not depend on the way it came. */
import { afterAll, beforeAll } from 'vitest';
import { newFolder, removeFolder } from './folders.ts';
import { httpMemory, launchServer } from './http-server.ts';
import { type Era, Memory } from './memory.ts';

interface Door {
  door: string;
  enter: (dataRoot: string) => Promise<{ memory: Memory; leave: () => Promise<unknown> }>;
}

const ERAS: [Era, string][] = [
  ['legacy', '2025-11-25'],
  ['auto', '2026-07-28'],
];

export const DOORS: readonly Door[] = ERAS.flatMap(([era, version]) => [
  {
    door: `stdio, ${version}`,
    enter: async (dataRoot) => {
      const memory = await new Memory({ dataRoot, era }).connect();
      return { memory, leave: () => memory.close() };
    },
  },
  {
    door: `HTTP, ${version}`,
    enter: async (dataRoot) => {
      const server = await launchServer(dataRoot);
      const memory = await httpMemory(server, era).connect();
      const leave = async () => {
        await memory.close();
        server.running.child.kill();
        await server.running.finished;
      };
      return { memory, leave };
    },
  },
]);

/** A client of a fresh server that came through this door, for all tests of a block. */
export function behind({ enter }: Door): { memory: Memory } {
  const dataRoot = newFolder();
  let leave: () => Promise<unknown> = async () => undefined;
  const entered = {} as { memory: Memory };
  beforeAll(async () => {
    const inside = await enter(dataRoot);
    entered.memory = inside.memory;
    leave = inside.leave;
  });
  afterAll(async () => {
    await leave();
    removeFolder(dataRoot);
  });
  return entered;
}
