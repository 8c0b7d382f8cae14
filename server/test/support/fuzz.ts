/** Sends any calls to a server process, and requires of each what must hold whatever it says. */
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect } from 'vitest';
import { ANY_CALL, ANY_CHANGE, type AnyCall, type Change, withIds } from './any-call.ts';
import { ALL_CALLS } from './calls.ts';
import { databaseFile, hashOfAllRows } from './database.ts';
import { expectClean, type Memory, textOf } from './memory.ts';
import { aWorld, type World } from './world.ts';

/** How often the whole content is hashed beside the engine's own count of commits. */
const HASH_EVERY = 25;
const FRESH_WORLD_EVERY = 50;
const IDS_KEPT = 200;

export interface FuzzCount {
  accepted: number;
  refused: number;
  /** Actions that accepted at least one call. */
  reached: Set<string>;
}

/**
 * Makes `runs` calls. Each is answered within the bound of all replies, without SQL, stack or "bug"; one that is refused has
 * written nothing: nobody has committed meanwhile, and every now and then a hash over all rows says so too.
 */
export async function fuzz(memory: Memory, runs: number): Promise<FuzzCount> {
  const count: FuzzCount = { accepted: 0, refused: 0, reached: new Set() };
  let known: string[] = [];
  let made = 0;
  let world = await aWorld(memory);
  const observer = new Database(databaseFile(memory.dataRoot), { readonly: true });
  const commits = () => observer.pragma('data_version', { simple: true });
  try {
    await fc.assert(
      fc.asyncProperty(CALL, async (chosen) => {
        if (made++ % FRESH_WORLD_EVERY === 0) {
          world = await aWorld(memory);
          known.push(...idsOf(world));
        }
        const { tool, args } = 'named' in chosen ? await almostValid(chosen, world) : chosen;
        const hashed = made % HASH_EVERY === 0 ? hashOfAllRows(memory.dataRoot) : null;
        const before = commits();
        const call = { name: tool, arguments: withIds(args, known) as Record<string, unknown> };
        const result = await memory.client.callTool(call);
        const text = textOf(result as Parameters<typeof textOf>[0]);
        expect(text.length).toBeLessThanOrEqual(24_000);
        known = [...known, ...(text.match(/\b[a-z]+_[0-9a-hjkmnp-tv-z]{12}\b/g) ?? [])].slice(-IDS_KEPT);
        if (result.isError !== true) {
          count.accepted++;
          count.reached.add(`${tool} ${String(args['action'])}`);
          return;
        }
        count.refused++;
        expectClean(text);
        expect(commits(), `${tool} was refused and wrote`).toBe(before);
        if (hashed !== null) expect(hashOfAllRows(memory.dataRoot)).toBe(hashed);
      }),
      { numRuns: runs, endOnFailure: false },
    );
  } finally {
    observer.close();
  }
  return count;
}

/** Any call, or the valid one of an action with one parameter changed. */
const CALL = fc.oneof(
  { weight: 3, arbitrary: ANY_CALL },
  { weight: 1, arbitrary: fc.record({ named: fc.constantFrom(...ALL_CALLS), change: ANY_CHANGE }) },
);

async function almostValid(
  { named, change }: { named: (typeof ALL_CALLS)[number]; change: Change },
  world: World,
): Promise<AnyCall> {
  const { tool, action, call } = named;
  const args: Record<string, unknown> = { action, ...(await validArguments(call, world)) };
  const key = Object.keys(args)[change.place];
  return { tool: `memory_${tool}`, args: key === undefined ? args : { ...args, [key]: change.value } };
}

/** What an earlier call has done to the world can stand in the way of one that prepares this one. */
async function validArguments(call: (typeof ALL_CALLS)[number]['call'], world: World) {
  try {
    return await call(world);
  } catch {
    return await call(await aWorld(world.memory));
  }
}

function idsOf({ workspaceId, planId, phaseIds, stepIds, sessionId }: World): string[] {
  return [workspaceId, planId, ...phaseIds, ...stepIds, sessionId];
}
