/** Clients that take their time: each is cut off, and nobody else waits for them. */
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { connectHttp, post, send, startServer, Wire } from '../support/http-server.ts';

test('two hundred clients that send a byte now and then are cut off one and all, while others are served', async () => {
  const server = await startServer({ dataRoot: temporaryFolder() });
  const memory = await connectHttp(server);
  const ours = `Host: localhost\r\nAuthorization: Bearer ${server.token}\r\n`;
  const json = 'Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n';
  const length = 'Content-Length: 50000\r\n\r\n';
  const kinds = [
    // Nothing at all, half a first line, a head that never ends, and bodies: announced, in pieces, and of a stranger.
    ['', ''],
    ['GET', ' '],
    [`POST /mcp HTTP/1.1\r\n${ours}X-Slow: `, 'x'],
    [`POST /mcp HTTP/1.1\r\n${ours}${json}${length}`, ' '],
    [`POST /mcp HTTP/1.1\r\n${ours}${json}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
    [`POST /mcp HTTP/1.1\r\nHost: localhost\r\n${json}${length}`, ' '],
  ] as const;
  const wires = Array.from({ length: 204 }, (_, index) => {
    const [start, drip] = kinds[index % kinds.length] as (typeof kinds)[number];
    return new Wire(server).drip(start, drip);
  });
  expect((await Promise.all(wires.map((wire) => wire.connected()))).every(Boolean)).toBe(true);
  const serve = async () => expect(await memory.ok('workspace', 'list')).toBeTruthy();
  for (let calls = 0; calls < 50; calls++) await serve();
  // The last of them is cut off when its half minute is over; until then every one that goes finds the server at work.
  await Promise.all(wires.map(({ closed }) => closed.then(serve)));
  // Who had shown the token and was too slow was told so, or that there are enough bodies of unknown length; a stranger
  // was refused without being waited for.
  const answers = await Promise.all(wires.map(({ closed }) => closed));
  const statuses = new Set(answers.map((answer) => /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 'none'));
  expect([...statuses].sort()).toEqual(['401', '408', '503']);
  expect((await send(server, 'GET', '/')).status).toBe(200);
  server.running.child.kill('SIGTERM');
  expect(await server.running.finished).toMatchObject({ code: 0 });
});

test('a client that asks without end and reads no answer does not keep others from theirs', async () => {
  const server = await startServer({ dataRoot: temporaryFolder() });
  const memory = await connectHttp(server);
  const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}';
  const request = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.token}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const deaf = Array.from({ length: 20 }, () => new Wire(server));
  for (const { socket } of deaf) {
    socket.pause();
    socket.write(request.repeat(90));
  }
  for (let calls = 0; calls < 50; calls++) expect(await memory.ok('workspace', 'list')).toBeTruthy();
  for (const { socket } of deaf) socket.destroy();
  expect((await post(server, { Authorization: `Bearer ${server.token}` })).status).toBe(200);
});
