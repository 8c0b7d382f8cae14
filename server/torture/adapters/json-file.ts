/** An example of an adapter for another server; and the proof that the harness finds what it looks for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Adapter } from '../adapter.ts';
import type { Store } from '../fixtures/json-file-server.ts';

const SERVER = fileURLToPath(new URL('../fixtures/json-file-server.ts', import.meta.url));

export const adapter: Adapter = {
  name: 'a server with a JSON file',
  leaseSeconds: null,
  start: (dataRoot) => ({ command: process.execPath, args: [SERVER, join(dataRoot, 'store.json')], env: {} }),
  createPlan: async () => 'the only one',
  join: async (_call, _plan, name) => `${name} ${crypto.randomUUID()}`,
  add: async (call, _agent, _request, tasks) => JSON.parse(await call('add', { tasks })) as string[],
  next: async (call, _agent, _request, held) => {
    const { finished, taken } = JSON.parse(await call('next', held === null ? {} : { finish: held.step })) as {
      finished: string | null;
      taken: string | null;
    };
    return { finished, taken: taken === null ? null : { step: taken, claim: null } };
  },
  note: async (call, _agent, _request, text) => {
    await call('note', { text });
  },
  link: async (call, _agent, _request, source, target) => {
    await call('link', { source, target });
  },
  isExpected: () => false,
  state: async (dataRoot) => {
    const { steps, notes, edges } = JSON.parse(readFileSync(join(dataRoot, 'store.json'), 'utf8')) as Store;
    return { steps: new Map(steps.map(({ id, finished }) => [id, finished])), notes, edges, integrity: 'ok' };
  },
};
