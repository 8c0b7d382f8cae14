/** A port that asks for no token, before a server that does: for tools that cannot send one. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { HttpServer } from './http-server.ts';

/** Passes every request on as it came, with the token; answers the address of the new port. Ends with the test. */
export async function withoutToken({ port, token }: HttpServer): Promise<string> {
  const proxy = createServer((call, answer) => {
    const headers = { ...call.headers, authorization: `Bearer ${token}` };
    const forward = request({ host: '127.0.0.1', port, method: call.method, path: call.url, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    forward.on('error', (error) => answer.destroy(error));
    answer.on('close', () => forward.destroy());
    call.pipe(forward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}
