/** MCP over stdio, as clients start it: both protocol eras, what is published, and a stdout that carries protocol only. */
import { describe, expect, test } from 'vitest';
import { VERSION } from '../src/domain/version.ts';
import { temporaryFolder } from './support/folders.ts';
import { connect, type Era } from './support/memory.ts';
import { runBin } from './support/processes.ts';
import { RawStdio } from './support/raw-stdio.ts';
import { aWorld } from './support/world.ts';

describe.each<[Era, string]>([
  ['legacy', '2025-11-25'],
  ['auto', '2026-07-28'],
])('a client of the %s era', (era, version) => {
  test(`speaks ${version} and works`, async () => {
    const memory = await connect({ dataRoot: temporaryFolder(), era });
    expect(memory.client.getNegotiatedProtocolVersion()).toBe(version);
    expect(memory.client.getServerVersion()).toMatchObject({ name: 'project-memory', version: VERSION });
    const { planId, stepIds } = await aWorld(memory);
    expect(await memory.ok('query', 'ready', { plan_id: planId })).toContain(stepIds[0]);
    expect(await memory.refused('plan', 'get', { plan_id: 'plan_000000000000' })).toMatch(/^not_found: /);
  });

  test('is told when to look here and in which order, in at most 1,800 characters', async () => {
    const memory = await connect({ dataRoot: temporaryFolder(), era });
    const instructions = memory.client.getInstructions() ?? '';
    expect(instructions).toMatch(/^Project Memory keeps what outlives one run/);
    expect(instructions.length).toBeLessThanOrEqual(1_800);
    // What it tells to call is there to be called.
    const tools = await memory.tools();
    for (const [, tool, action] of instructions.matchAll(/(memory_\w+) (?!answers)(\w+)/g)) {
      const published = tools.find(({ name }) => name === tool)?.inputSchema.properties as {
        action: { enum: string[] };
      };
      expect(published.action.enum).toContain(action);
    }
  });
});

test('two connections, of either era and on different data, get the same tools in the same order', async () => {
  const eras: Era[] = ['auto', 'auto', 'legacy'];
  const connections = await Promise.all(eras.map((era) => connect({ dataRoot: temporaryFolder(), era })));
  await aWorld(connections[0] as (typeof connections)[0]);
  const [first, second, third] = await Promise.all(connections.map((memory) => memory.tools()));
  expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  expect(JSON.stringify(third)).toBe(JSON.stringify(first));
  expect(first?.map(({ name }) => name)).toEqual(
    ['query', 'workspace', 'plan', 'steps', 'agent', 'context', 'library', 'admin'].map((name) => `memory_${name}`),
  );
});

test('a client that asks for discovery and then shakes hands the old way is served', async () => {
  const raw = new RawStdio({ dataRoot: temporaryFolder() });
  const discovered = await raw.ask(1, 'server/discover', {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  });
  expect(discovered.result).toMatchObject({ supportedVersions: expect.arrayContaining(['2026-07-28']) });
  expect((await raw.initialize()).result).toMatchObject({ protocolVersion: '2025-11-25' });
  const status = await raw.ask(2, 'tools/call', { name: 'memory_query', arguments: { action: 'status' } });
  expect(JSON.stringify(status.result)).toContain(`Project Memory ${VERSION}`);
});

test('every line on stdout is a message of the protocol, whatever comes in', async () => {
  const raw = new RawStdio({ dataRoot: temporaryFolder() });
  await raw.initialize();
  raw.send('this is not JSON');
  raw.send('{"jsonrpc":"2.0","id":');
  raw.send('[]');
  raw.send('null');
  raw.send('{"hello":"world"}');
  raw.send('');
  expect((await raw.ask(1, 'no/such/method')).error?.code).toBe(-32601);
  expect((await raw.ask(2, 'tools/call', { name: 'no_such_tool', arguments: {} })).error?.code).toBe(-32602);
  const refused = await raw.ask(3, 'tools/call', { name: 'memory_plan', arguments: { action: 'get' } });
  expect(refused.result).toMatchObject({ isError: true });
  // A bug of ours is logged, and the log goes to stderr.
  raw.send({ jsonrpc: '2.0', id: 4, method: 'tools/call', params: { name: 'memory_plan', arguments: 'nonsense' } });
  expect((await raw.ask(5, 'tools/list')).result).toHaveProperty('tools');
  raw.running.child.stdin.end();
  expect((await raw.running.finished).code).toBe(0);
  expect(raw.lines.length).toBeGreaterThanOrEqual(5);
  for (const line of raw.lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
});

test('the server ends with code 0 when its client goes away, and says nothing about it', async () => {
  const raw = new RawStdio({ dataRoot: temporaryFolder() });
  await raw.initialize();
  raw.running.child.stdin.end();
  expect(await raw.running.finished).toMatchObject({ code: 0, stderr: '' });
});

test('a server whose client goes away at once has written nothing on stdout', async () => {
  expect(await runBin(['mcp'], { dataRoot: temporaryFolder() })).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('pipelined calls are all answered', async () => {
  const memory = await connect({ dataRoot: temporaryFolder() });
  const { planId } = await aWorld(memory);
  const notes = Array.from({ length: 50 }, (_, i) =>
    memory.ok('plan', 'add_note', { plan_id: planId, note: `Note ${i}` }),
  );
  expect(new Set(await Promise.all(notes)).size).toBe(50);
});

describe('a choice made at the start', () => {
  test.each([['--tools', 'some'], ['--read-write'], ['extra']])(
    'is refused with one sentence when it is %s %s',
    async (...flags) => {
      const { code, stdout, stderr } = await runBin(['mcp', ...flags.filter(Boolean)], { dataRoot: temporaryFolder() });
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^invalid_input: .+\n$/);
      expect(stderr).not.toMatch(/\n.|this is a bug| {2}at /i);
    },
  );

  test('is explained by --help', async () => {
    const { code, stdout } = await runBin(['mcp', '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/--tools/);
    expect(stdout).toMatch(/--read-only/);
  });

  test.each([
    [['--data-root', 'HERE', 'mcp', '--tools', 'core']],
    [['mcp', '--data-root', 'HERE', '--tools', 'core']],
    [['mcp', '--tools=core', '--data-root=HERE']],
  ])('counts wherever it stands: %j', async (args) => {
    const dataRoot = temporaryFolder();
    const launched = args.map((arg) => arg.replace('HERE', dataRoot));
    const input = [
      {
        id: 0,
        method: 'initialize',
        params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '0' } },
      },
      { id: 1, method: 'tools/list', params: {} },
      { id: 2, method: 'tools/call', params: { name: 'memory_query', arguments: { action: 'status' } } },
      {
        id: 3,
        method: 'tools/call',
        params: { name: 'memory_workspace', arguments: { action: 'register', path: '/a' } },
      },
    ];
    const lines = input.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join('');
    const { stdout } = await runBin(launched, { input: lines });
    expect(stdout).not.toContain('memory_admin');
    expect(stdout).toContain('Registered: workspace ws_');
    expect(stdout).toContain('memory_query status is not offered by this server');
    const { stdout: listed } = await runBin(['workspace', 'list'], { dataRoot });
    expect(listed).toContain('| /a');
  });
});
