/** What a client waits for: a server's start until `tools/list` is answered, and calls over stdio. */
import type { Loaded } from './load.ts';
import { type Comparison, comparisonOf } from './measure.ts';
import type { Servers } from './servers.ts';
import { StdioServer } from './stdio.ts';

const STARTS = 21;

/** Starts both in turn; the first of each fills the caches and does not count. */
export async function measureStart(servers: Servers): Promise<Comparison> {
  const times = { ours: new Float64Array(STARTS), bare: new Float64Array(STARTS) };
  for (let run = -1; run < STARTS; run++) {
    for (const side of run % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const)) {
      const server = new StdioServer(servers[side]);
      const milliseconds = await server.listTools();
      await server.end();
      if (run >= 0) times[side][run] = milliseconds * 1000;
    }
  }
  return comparisonOf('spawn → tools/list', times);
}

const CALLS = 2_000;

/** Reads over stdio with all rows in the file; the bare server answers one row by its id. */
export async function measureReads(servers: Servers, { planIds }: Loaded): Promise<Comparison[]> {
  const [ours, bare] = [new StdioServer(servers.ours), new StdioServer(servers.bare)];
  await Promise.all([ours.listTools(), bare.listTools()]);
  const actions: [string, string, string][] = [
    ['memory_plan find', 'memory_plan', 'find'],
    ['memory_plan list (a workspace)', 'memory_plan', 'list'],
    ['memory_query ready', 'memory_query', 'ready'],
    ['memory_plan get (100 steps)', 'memory_plan', 'get'],
  ];
  const comparisons: Comparison[] = [];
  for (const [label, tool, action] of actions) {
    const times = { ours: new Float64Array(CALLS), bare: new Float64Array(CALLS) };
    for (let run = -100; run < CALLS; run++) {
      const id = planIds[(run + 100) % planIds.length] ?? '';
      const named = action === 'list' ? { workspace_path: `/bench/workspace-${(run + 100) % 50}` } : { plan_id: id };
      const mine = await timed(() => ours.ask('tools/call', { name: tool, arguments: { action, ...named } }));
      const floor = await timed(() => bare.ask('tools/call', { name: 'plan', arguments: { id } }));
      if (run < 0) continue;
      times.ours[run] = mine;
      times.bare[run] = floor;
    }
    comparisons.push(comparisonOf(`stdio: ${label}`, times));
  }
  await Promise.all([ours.end(), bare.end()]);
  return comparisons;
}

/** Microseconds until it is answered. */
async function timed(call: () => Promise<string>): Promise<number> {
  const start = process.hrtime.bigint();
  const answer = await call();
  const time = Number(process.hrtime.bigint() - start) / 1000;
  if (answer.includes('"isError":true') || answer.includes('"error":'))
    throw new Error(`A call was refused: ${answer}`);
  return time;
}
