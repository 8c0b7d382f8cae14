/** Many at once: every request is answered or refused in words, nothing that was acknowledged is lost, the server lives on. */
import { expect, test } from 'vitest';
import { rows } from '../support/database.ts';
import { temporaryFolder } from '../support/folders.ts';
import { connectHttp, type HttpServer, post, type Response, send, startServer, Wire } from '../support/http-server.ts';
import { aWorld } from '../support/world.ts';

/** Stores an item over HTTP, with nothing but one request. */
function store(server: HttpServer, planId: string, number: number): Promise<Response> {
  const args = { action: 'store', parent_type: 'plan', parent_id: planId, type: 'load', data: `number ${number}` };
  const call = {
    jsonrpc: '2.0',
    id: number,
    method: 'tools/call',
    params: { name: 'memory_context', arguments: args },
  };
  return post(server, { Authorization: `Bearer ${server.token}` }, JSON.stringify(call));
}

function stored(dataRoot: string): number[] {
  const items = rows<{ data: string }>(dataRoot, "SELECT data FROM context_items WHERE type = 'load'");
  return items.map(({ data }) => Number(/number (\d+)/.exec(data)?.[1])).sort((a, b) => a - b);
}

test('a thousand writes at once are all answered and all there', async () => {
  const server = await startServer({ dataRoot: temporaryFolder() });
  const { planId } = await aWorld(await connectHttp(server));
  const numbers = Array.from({ length: 1000 }, (_, number) => number);
  const answers = await Promise.all(numbers.map((number) => store(server, planId, number)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(answers.filter(({ body }) => body.includes('"isError":true'))).toEqual([]);
  expect(stored(server.dataRoot)).toEqual(numbers);
  expect((await send(server, 'GET', '/')).status).toBe(200);
  server.running.child.kill('SIGTERM');
  expect(await server.running.finished).toMatchObject({ code: 0, stderr: '' });
});

test('with hardly any file descriptors the server takes what it can, loses nothing and lives on', async () => {
  const server = await startServer({ dataRoot: temporaryFolder(), openFiles: 128 });
  const { planId } = await aWorld(await connectHttp(server));
  const numbers = Array.from({ length: 1000 }, (_, number) => number);
  const answers = await Promise.allSettled(numbers.map((number) => store(server, planId, number)));
  const acknowledged = numbers.filter((number) => {
    const answer = answers[number];
    return answer?.status === 'fulfilled' && answer.value.status === 200;
  });
  expect(acknowledged.length).toBeGreaterThan(0);
  expect(stored(server.dataRoot)).toEqual(expect.arrayContaining(acknowledged));
  const after = await connectHttp(server);
  expect(await after.ok('plan', 'find', { plan_id: planId })).toContain(planId);
  server.running.child.kill('SIGTERM');
  expect(await server.running.finished).toMatchObject({ code: 0 });
});

test('connections beyond the bound are told so, and who was there first goes on being served', async () => {
  const server = await startServer({ dataRoot: temporaryFolder() });
  const authorised = `Host: localhost\r\nAuthorization: Bearer ${server.token}\r\n`;
  const first = new Wire(server);
  expect(await first.connected()).toBe(true);
  const crowd = Array.from({ length: 1023 }, () => new Wire(server));
  expect((await Promise.all(crowd.map((wire) => wire.connected()))).every(Boolean)).toBe(true);

  const late = await post(server, { Authorization: `Bearer ${server.token}` });
  expect(late).toMatchObject({ status: 503, headers: { 'retry-after': '1', connection: 'close' } });
  expect(JSON.parse(late.body)).toEqual({ error: 'too_many_connections', error_description: 'Try again in 1 s.' });
  first.socket.write(`GET /mcp HTTP/1.1\r\n${authorised}Connection: close\r\n\r\n`);
  expect(await first.closed).toMatch(/^HTTP\/1\.1 405 /);

  for (const { socket } of crowd) socket.destroy();
  await Promise.all(crowd.map(({ closed }) => closed));
  await expect.poll(async () => (await post(server, { Authorization: `Bearer ${server.token}` })).status).toBe(200);
});

test('clients that run wild are told to wait, and are served again when they have waited', async () => {
  const server = await startServer({ dataRoot: temporaryFolder() });
  const request = `GET /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.token}\r\n\r\n`;
  const wild = Array.from({ length: 20 }, () => new Wire(server));
  const refusals = wild.map(
    (wire) =>
      new Promise<string>((resolve) => {
        wire.socket.on('data', () => {
          const refusal = wire.received.indexOf('HTTP/1.1 429 ');
          if (refusal >= 0) resolve(wire.received.slice(refusal));
          else wire.socket.write(request);
          wire.received = wire.received.slice(-1000);
        });
        wire.socket.write(request.repeat(100));
      }),
  );
  const told = await Promise.race(refusals);
  for (const { socket } of wild) socket.destroy();
  expect(told).toMatch(/^retry-after: 1\r$/im);
  await expect.poll(async () => (await post(server, { Authorization: `Bearer ${server.token}` })).status).toBe(200);
});
