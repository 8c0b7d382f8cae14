/** Who is let in over HTTP, and what is refused before a call is even read. */
import { readdirSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VERSION } from '../src/domain/version.ts';
import { tamper } from './support/database.ts';
import { newFolder, removeFolder, temporaryFolder } from './support/folders.ts';
import {
  announce,
  connectHttp,
  type HttpServer,
  LIST_TOOLS,
  launchServer,
  post,
  send,
  startServer,
  Wire,
} from './support/http-server.ts';
import { aWorld } from './support/world.ts';

describe('the fence', () => {
  let server: HttpServer;
  let authorised: Record<string, string> = {};
  const dataRoot = newFolder();

  beforeAll(async () => {
    server = await launchServer(dataRoot);
    authorised = { Authorization: `Bearer ${server.token}` };
  });
  afterAll(async () => {
    server.running.child.kill('SIGTERM');
    await server.running.finished;
    removeFolder(dataRoot);
  });

  test('lets in who has the token', async () => {
    const { status, body } = await post(server, authorised);
    expect(status).toBe(200);
    expect(body).toContain('memory_plan');
  });

  test('keeps the token in a file of its owner alone, and as long as a key', () => {
    expect(statSync(server.tokenFile).mode & 0o777).toBe(0o600);
    expect(server.token).toMatch(/^[\w-]{43}$/);
    expect(readdirSync(dataRoot).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test.each<[string, () => Record<string, string>]>([
    ['no token', () => ({})],
    ['a wrong token', () => ({ Authorization: 'Bearer wrong' })],
    ['an empty token', () => ({ Authorization: 'Bearer ' })],
    ['the token in another scheme', () => ({ Authorization: `Basic ${server.token}` })],
    ['the token and more', () => ({ Authorization: `Bearer ${server.token}x` })],
    ['the beginning of the token', () => ({ Authorization: `Bearer ${server.token.slice(0, -1)}` })],
  ])('answers 401 to a request with %s', async (_what, headers) => {
    const { status, headers: answered, body } = await post(server, headers());
    expect(status).toBe(401);
    expect(answered['www-authenticate']).toBe('Bearer');
    expect(JSON.parse(body)).toMatchObject({ error: 'invalid_token' });
    expect(body).not.toContain(server.token);
  });

  test.each(['GET', 'DELETE', 'PUT', 'PATCH', 'OPTIONS'])(
    'asks %s for the token like any other, and with it answers 405',
    async (method) => {
      expect((await send(server, method, '/mcp')).status).toBe(401);
      const { status, headers } = await send(server, method, '/mcp', authorised);
      expect(status).toBe(405);
      expect(headers['allow']).toBe('POST');
    },
  );

  test('finds no token where it would be seen: in the address', async () => {
    for (const path of [`/mcp?token=${server.token}`, `/mcp?access_token=${server.token}`]) {
      expect((await post(server, {}, undefined, path)).status).toBe(401);
    }
    expect((await post(server, {}, undefined, `/mcp/${server.token}`)).status).toBe(404);
  });

  test('forbids a browser to keep, frame, guess or run anything, whatever the answer', async () => {
    const answers = await Promise.all([
      send(server, 'GET', '/'),
      send(server, 'GET', '/nothing'),
      send(server, 'GET', '/mcp', authorised),
      post(server, authorised),
      post(server, {}),
      post(server, { Host: 'evil.example' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 405, 200, 401, 403]);
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });

  test.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1'])(
    'answers 403 to the foreign host %s, for the page at / too',
    async (host) => {
      expect((await post(server, { ...authorised, Host: host })).status).toBe(403);
      expect((await send(server, 'GET', '/', { Host: host })).status).toBe(403);
    },
  );

  test('answers 403 to a request of before 1997, which names no host', async () => {
    const wire = new Wire(server);
    wire.socket.write(`POST /mcp HTTP/1.0\r\nAuthorization: Bearer ${server.token}\r\n\r\n`);
    expect(await wire.closed).toMatch(/^HTTP\/1\.1 403 /);
  });

  test.each(['https://evil.example', 'http://127.0.0.1.evil.example', 'null'])(
    'answers 403 to a page of the foreign origin %s',
    async (origin) => {
      expect((await post(server, { ...authorised, Origin: origin })).status).toBe(403);
      expect((await send(server, 'GET', '/', { Origin: origin })).status).toBe(403);
    },
  );

  test('lets in a page of this machine that has the token', async () => {
    expect((await post(server, { ...authorised, Origin: `http://localhost:${server.port}` })).status).toBe(200);
    expect((await post(server, { Origin: `http://localhost:${server.port}` })).status).toBe(401);
  });

  test('answers 415 to another type than JSON', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      expect((await post(server, { ...authorised, 'Content-Type': type })).status).toBe(415);
    }
  });

  test('answers 413 to a body that is too large, before it has come, and goes on', async () => {
    const headers = { ...authorised, 'Content-Type': 'application/json', 'Content-Length': String(9 * 1024 * 1024) };
    expect((await announce(server, headers)).status).toBe(413);
    expect((await post(server, authorised)).status).toBe(200);
  });

  test.each(['', '{', '[]', 'null', '"x"', '{"hello": 1}', '\u0000'])(
    'answers 400 to the body %j, without a stack',
    async (body) => {
      const answer = await post(server, authorised, body);
      expect(answer.status).toBe(400);
      expect(answer.body).not.toMatch(/node_modules|\.mjs|SQLITE/);
    },
  );

  test('answers 404 to another path', async () => {
    const answer = await send(server, 'GET', '/admin', authorised);
    expect(answer.status).toBe(404);
    expect((await send(server, 'GET', '/../../etc/passwd', authorised)).status).toBe(404);
  });

  test('shows version and health at /, and nothing else, to anybody on this machine', async () => {
    await aWorld(await connectHttp(server));
    const { status, headers, body } = await send(server, 'GET', '/');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/html/);
    expect(body).toContain(`<dt>Version</dt><dd>${VERSION}</dd>`);
    expect(body).toContain('<dt>Health</dt><dd>ok</dd>');
    for (const secret of [server.token, dataRoot, 'project-memory.db', 'world', process.execPath])
      expect(body).not.toContain(secret);
    const facts =
      body
        .replace(/<style>.*<\/style>/s, '')
        .replaceAll(VERSION, '')
        .replace(/<meta[^>]*>/g, '')
        .match(/\d+/g) ?? [];
    expect(facts.filter((number) => !['1'].includes(number))).toEqual([]);
  });
});

test('a server whose database does not answer says so at /, and why in its log', async () => {
  const server = await startServer({ dataRoot: temporaryFolder() });
  expect((await send(server, 'GET', '/')).status).toBe(200);
  tamper(server.dataRoot, (db) => db.exec('DROP TABLE tool_action_params; DROP TABLE tool_actions; DROP TABLE tools'));
  const { status, body } = await send(server, 'GET', '/');
  expect(status).toBe(503);
  expect(body).toContain('<dt>Health</dt><dd>the database does not answer</dd>');
  server.running.child.kill('SIGTERM');
  expect((await server.running.finished).stderr).toContain('no such table: tools');
});

test('who shows no token is told to wait after fifty requests; who has it is let in all the while', async () => {
  const server = await startServer({ dataRoot: temporaryFolder() });
  const authorised = { Authorization: `Bearer ${server.token}` };
  const wrong = { Authorization: 'Bearer wrong' };
  const answers = await Promise.all(Array.from({ length: 200 }, () => post(server, wrong)));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 401).length).toBeGreaterThanOrEqual(50);
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length + statuses.filter((status) => status === 401).length).toBe(200);
  for (const { headers, body } of refused) {
    expect(headers['retry-after']).toBe('1');
    expect(JSON.parse(body)).toEqual({ error: 'too_many_requests', error_description: 'Try again in 1 s.' });
  }
  expect(refused.length).toBeGreaterThan(0);
  // The strangers have used up their share, and nothing of the clients'.
  expect((await post(server, authorised)).status).toBe(200);
});

test('seventeen large bodies at once are one too many; small ones go through all the while', async () => {
  const server = await startServer({ dataRoot: temporaryFolder() });
  const authorised = { Authorization: `Bearer ${server.token}` };
  const large = LIST_TOOLS.padEnd(100_000);
  const head = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.token}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n `;
  const slow = Array.from({ length: 16 }, () => new Wire(server));
  for (const { socket } of slow) socket.write(head);
  // A head that has been sent has not been read yet: ask until the last of the sixteen is in.
  await expect.poll(async () => (await post(server, authorised, large)).status).toBe(503);
  const refused = await post(server, authorised, large);
  expect(refused.headers['retry-after']).toBe('1');
  expect(JSON.parse(refused.body)).toMatchObject({ error: 'too_many_large_requests' });
  expect((await post(server, authorised)).status).toBe(200);
  for (const { socket } of slow) socket.destroy();
  await expect.poll(async () => (await post(server, authorised, large)).status).toBe(200);
});
