/** MCP over HTTP: who is let in, what is refused, and how the server starts and ends. */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from './support/folders.ts';
import { connectHttp, post, startServer } from './support/http-server.ts';
import { connect, type Era, expectClean } from './support/memory.ts';
import { runBin, startBin } from './support/processes.ts';
import { canMount, fill, smallDisk } from './support/tmpfs.ts';
import { aWorld } from './support/world.ts';

const hasIPv6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === '::1');

describe.each<[Era, string]>([
  ['legacy', '2025-11-25'],
  ['auto', '2026-07-28'],
])('a client of the %s era', (era, version) => {
  test(`speaks ${version}, sees the same tools as over stdio, and works`, async () => {
    const server = await startServer({ dataRoot: temporaryFolder() });
    const memory = await connectHttp(server, era);
    expect(memory.client.getNegotiatedProtocolVersion()).toBe(version);
    const stdio = await connect({ dataRoot: server.dataRoot });
    expect(JSON.stringify(await memory.tools())).toBe(JSON.stringify(await stdio.tools()));
    const { planId, stepIds } = await aWorld(memory);
    // Both doors lead to the same plan.
    expect(await stdio.ok('query', 'ready', { plan_id: planId })).toContain(stepIds[0]);
    expect(await memory.refused('plan', 'get', { plan_id: 'plan_000000000000' })).toMatch(/^not_found: /);
    expect(await memory.refused('workspace', 'info', { workspace_path: '/nowhere' })).toMatch(/^not_found: /);
  });
});

describe('the token', () => {
  test('is made once and stays, and two servers of one data root share it', async () => {
    const dataRoot = temporaryFolder();
    const [first, second] = await Promise.all([startServer({ dataRoot }), startServer({ dataRoot })]);
    expect(second.token).toBe(first.token);
    expect((await post(first, { Authorization: `Bearer ${second.token}` })).status).toBe(200);
    expect((await post(second, { Authorization: `Bearer ${first.token}` })).status).toBe(200);
  });

  test('is made private again when somebody has opened its file to others', async () => {
    const dataRoot = temporaryFolder();
    writeFileSync(join(dataRoot, 'http-token'), 'a-token-that-somebody-has-chosen-for-themselves\n', { mode: 0o644 });
    const server = await startServer({ dataRoot });
    expect(statSync(server.tokenFile).mode & 0o777).toBe(0o600);
    expect(
      (await post(server, { Authorization: 'Bearer a-token-that-somebody-has-chosen-for-themselves' })).status,
    ).toBe(200);
  });

  test('is never printed where no terminal is, but the path of its file is', async () => {
    const server = await startServer({ dataRoot: temporaryFolder() });
    await post(server, { Authorization: `Bearer ${server.token}` });
    await post(server, { Authorization: 'Bearer wrong' });
    server.running.child.kill('SIGTERM');
    const { stdout, stderr } = await server.running.finished;
    expect(stdout).toContain(`<token> is the content of ${server.tokenFile}`);
    expect(stdout).toContain('"Authorization": "Bearer <token>"');
    expect(stdout + stderr).not.toContain(server.token);
  });

  test('that is empty is refused in one sentence', async () => {
    const dataRoot = temporaryFolder();
    writeFileSync(join(dataRoot, 'http-token'), '\n');
    const { code, stdout, stderr } = await runBin(['serve', '--port', '0'], { dataRoot });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^unavailable: The token file .*http-token is empty\. Delete it, .*\n$/);
  });

  test.runIf(canMount)('for which the disk has no room is refused in one sentence', async () => {
    const disk = smallDisk('12m');
    expect(await runBin(['seed'], { dataRoot: disk })).toMatchObject({ code: 0 });
    fill(disk);
    const { code, stdout, stderr } = await runBin(['serve', '--port', '0'], { dataRoot: disk });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^unavailable: [^\n]+\n$/);
    expectClean(stderr);
  });
});

describe('starting', () => {
  test('prints what to paste into a client, and both ways work', async () => {
    const server = await startServer({ dataRoot: temporaryFolder() });
    await server.running.says(/Stop with Ctrl-C/);
    const [stdio, http] = [...server.running.output.stdout.matchAll(/^ {2}\{$.*?^ {2}\}$/gms)].map(
      ([json]) =>
        (JSON.parse(json) as { mcpServers: { 'project-memory': Record<string, unknown> } }).mcpServers[
          'project-memory'
        ],
    );
    expect(http).toMatchObject({ type: 'http', url: `${server.url}/mcp` });
    expect(stdio).toMatchObject({ command: process.execPath });
    const [, ...args] = (stdio as { args: string[] }).args;
    const launched = await runBin(args);
    expect(launched).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('takes the port from PROJECT_MEMORY_PORT, and --port before it', async () => {
    const port = String(await freePort());
    const launch = { dataRoot: temporaryFolder(), env: { PROJECT_MEMORY_PORT: port } };
    const server = startBin(['serve'], launch);
    expect((await server.says(/listens on http:\/\/127\.0\.0\.1:(\d+)$/m))[1]).toBe(port);
    const other = startBin(['serve', '--port', '0'], launch);
    expect((await other.says(/listens on http:\/\/127\.0\.0\.1:(\d+)$/m))[1]).not.toBe(port);
  });

  test.each(['0x50', '70000'])('refuses %j as a port', async (port) => {
    const { code, stderr } = await runBin(['serve', `--port=${port}`], { dataRoot: temporaryFolder() });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^invalid_input: ".*" is not a port\. Use a number from 0 to 65535/);
  });

  test('says in one sentence that the port is busy', async () => {
    const dataRoot = temporaryFolder();
    const { port } = await startServer({ dataRoot });
    const { code, stdout, stderr } = await runBin(['serve', '--port', String(port)], { dataRoot });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(`^unavailable: Port ${port} on 127\\.0\\.0\\.1 is in use\\. [^\\n]*another port[^\\n]*\\n$`),
    );
  });

  test.each(['0.0.0.0', '::', ''])('refuses to open %j to others without the names they may use', async (host) => {
    const { code, stdout, stderr } = await runBin(['serve', '--port', '0', '--host', host], {
      dataRoot: temporaryFolder(),
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^invalid_input: Listening on .* lets other machines in\. .*--allowed-host/);
  });

  test('opened to others with their names lets in those alone, and asks them for the token', async () => {
    const flags = ['--host', '0.0.0.0', '--allowed-host', 'memory.example'];
    const server = await startServer({ dataRoot: temporaryFolder() }, flags);
    const authorised = { Authorization: `Bearer ${server.token}` };
    expect((await post(server, { ...authorised, Host: `memory.example:${server.port}` })).status).toBe(200);
    expect((await post(server, { Host: `memory.example:${server.port}` })).status).toBe(401);
    expect((await post(server, { ...authorised, Host: 'other.example' })).status).toBe(403);
  });

  test.each(['https://memory.example', 'memory.example:8080', 'memory.example/mcp', 'two words', '*', ''])(
    'refuses %j as an allowed host: a name alone would match',
    async (name) => {
      const flags = ['--host', '0.0.0.0', '--allowed-host', name];
      const { code, stdout, stderr } = await runBin(['serve', '--port', '0', ...flags], {
        dataRoot: temporaryFolder(),
      });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toBe(
        `invalid_input: --allowed-host "${name}" is no host name. Give the name alone, without scheme and port, such as memory.example.\n`,
      );
    },
  );

  test('an allowed host may be written in capitals, or be an IPv6 address', async () => {
    const flags = ['--allowed-host', 'Memory.Example', '--allowed-host', 'fd00::1'];
    const server = await startServer({ dataRoot: temporaryFolder() }, flags);
    const authorised = { Authorization: `Bearer ${server.token}` };
    for (const host of ['memory.example', 'MEMORY.EXAMPLE:80', '[fd00::1]:7466', 'localhost'])
      expect((await post(server, { ...authorised, Host: host })).status).toBe(200);
    expect((await post(server, { ...authorised, Host: '[fd00::2]' })).status).toBe(403);
  });

  test.runIf(hasIPv6)('listens on the IPv6 loopback address, which lets nobody else in', async () => {
    const server = await startServer({ dataRoot: temporaryFolder() }, ['--host', '::1']);
    expect(server.url).toBe(`http://[::1]:${server.port}`);
    const memory = await connectHttp(server);
    expect(await memory.tools()).toHaveLength(8);
    expect((await post(server, {})).status).toBe(401);
    const authorised = { Authorization: `Bearer ${server.token}` };
    expect((await post(server, { ...authorised, Host: '[::2]' })).status).toBe(403);
    expect((await post(server, { ...authorised, Origin: server.url })).status).toBe(200);
  });

  test('says in one sentence that an address is not of this machine', async () => {
    const flags = ['--host', '192.0.2.1', '--allowed-host', 'memory.example'];
    const { code, stderr } = await runBin(['serve', '--port', '0', ...flags], { dataRoot: temporaryFolder() });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^unavailable: Cannot listen on 192\.0\.2\.1 port 0 \(EADDRNOTAVAIL\)\. [^\n]+\n$/);
  });
});

describe.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s', (signal) => {
  test('ends the server in order, with code 0 and nothing lost', async () => {
    const server = await startServer({ dataRoot: temporaryFolder() });
    const memory = await connectHttp(server);
    const { planId } = await aWorld(memory);
    server.running.child.kill(signal);
    expect(await server.running.finished).toMatchObject({ code: 0, stderr: '' });
    // The log of the engine was merged into the file when it was closed.
    expect(readdirSync(server.dataRoot).sort()).toEqual(['http-token', 'project-memory.db']);
    const after = await connect({ dataRoot: server.dataRoot });
    expect(await after.ok('plan', 'find', { plan_id: planId })).toContain('Paint the house');
  });
});

test('a signal in the moment in which the server begins to listen ends it in order too', async () => {
  const server = await startServer({ dataRoot: temporaryFolder() });
  server.running.child.kill('SIGTERM');
  expect((await server.running.finished).code).toBe(0);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
