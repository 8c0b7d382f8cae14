/** What must not leave the server: the token and stored text, in no log and in no refusal, whatever is provoked. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tamper } from './support/database.ts';
import { newFolder, removeFolder } from './support/folders.ts';
import { type HttpServer, launchServer, post, type Response, send, Wire } from './support/http-server.ts';
import { RawStdio } from './support/raw-stdio.ts';

/** Looks like a key, and is found again whole or in the beginning that an engine quotes. */
const STORED = 'hush-4f9c1d7e';
const PART = /hush/;

describe('nothing secret is in the log or in a refusal after', () => {
  let server: HttpServer;
  let authorised: Record<string, string> = {};
  const dataRoot = newFolder();

  beforeAll(async () => {
    server = await launchServer(dataRoot);
    authorised = { Authorization: `Bearer ${server.token}` };
  });
  afterAll(() => {
    server.running.child.kill('SIGTERM');
    removeFolder(dataRoot);
  });

  /** The answer, after a look at all of it. */
  const discreet = async (answer: Promise<Response>): Promise<Response> => {
    const { status, headers, body } = await answer;
    expect(JSON.stringify(headers) + body).not.toContain(server.token);
    expect(body).not.toMatch(PART);
    expect(body).not.toMatch(/node_modules|\.mjs|SQLITE|SELECT| {4}at /);
    return { status, headers, body };
  };

  const call = (args: object) =>
    post(
      server,
      authorised,
      JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'memory_workspace', arguments: args },
      }),
    );

  test('bodies that cannot be read', async () => {
    const bodies = [STORED, `{"${STORED}":`, `{"a": ${STORED}}`, `[{"jsonrpc":"2.0","method":5,"id":"${STORED}"}]`];
    for (const body of bodies) {
      const { status } = await discreet(post(server, authorised, body));
      expect(status).toBe(400);
    }
  });

  test('messages that are no messages of the protocol', async () => {
    const bodies = [
      { jsonrpc: '1.0', id: 1, method: STORED },
      { jsonrpc: '2.0', id: { [STORED]: 1 }, method: 'tools/list' },
      { jsonrpc: '2.0', id: 1, method: 'tools/list', params: STORED },
      { [STORED]: STORED },
    ];
    for (const body of bodies) {
      const { status } = await discreet(post(server, authorised, JSON.stringify(body)));
      expect(status).toBe(400);
    }
  });

  test('wrong tokens, wrong schemes and the token in the address', async () => {
    for (const Authorization of [`Bearer ${STORED}`, `Basic ${server.token}`, `Bearer ${server.token}x`]) {
      expect((await discreet(post(server, { Authorization }))).status).toBe(401);
    }
    const asked: [number, () => Promise<Response>][] = [
      [401, () => post(server, {}, undefined, `/mcp?token=${server.token}`)],
      [404, () => send(server, 'GET', `/${server.token}`, authorised)],
      [415, () => post(server, { ...authorised, 'Content-Type': 'text/plain' }, STORED)],
      [403, () => post(server, { ...authorised, Host: 'evil.example' }, STORED)],
    ];
    for (const [status, ask] of asked) expect((await discreet(ask())).status).toBe(status);
  });

  test('a request that is broken off in its middle', async () => {
    const wire = new Wire(server);
    const head = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.token}\r\n`;
    const accepts = 'Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n';
    wire.socket.write(`${head}${accepts}Content-Length: 1000\r\n\r\n{"${STORED}":`, () =>
      wire.socket.resetAndDestroy(),
    );
    await wire.closed;
    expect((await post(server, authorised)).status).toBe(200);
  });

  test('what no HTTP is', async () => {
    const wire = new Wire(server);
    wire.socket.write(`${STORED} ${server.token}\r\n\r\n`);
    const answer = await wire.closed;
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).not.toMatch(PART);
  });

  test('a fault of the program itself while it stores something', async () => {
    tamper(dataRoot, (db) => db.exec('DROP TABLE workspace_paths'));
    const { status, body } = await discreet(call({ action: 'register', path: `/${STORED}`, name: STORED }));
    expect(status).toBe(200);
    expect(body).toMatch(/internal: This is a bug of Project Memory, logged as err_\w+ on stderr/);
  });

  test('all of this, in the log', async () => {
    server.running.child.kill('SIGTERM');
    const { stdout, stderr } = await server.running.finished;
    // The server has logged the faults, or else this proves nothing.
    expect(stderr).toContain('HTTP transport');
    expect(stderr).toContain('memory_workspace failed');
    for (const log of [stdout, stderr]) {
      expect(log).not.toContain(server.token);
      expect(log).not.toMatch(/Bearer (?!<token>)/);
      expect(log).not.toMatch(PART);
    }
  });
});

test('a line over stdio that cannot be read is not quoted in the log either', async () => {
  const dataRoot = newFolder();
  const server = new RawStdio({ dataRoot });
  server.send(STORED);
  server.send(`{"${STORED}": 1}`);
  await server.initialize();
  server.running.child.stdin.end();
  const { stderr } = await server.running.finished;
  removeFolder(dataRoot);
  expect(stderr).toContain('stdio transport');
  expect(stderr).not.toMatch(PART);
});
