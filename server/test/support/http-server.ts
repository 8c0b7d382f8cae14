/** A running HTTP server of Project Memory, and requests to it. */

import { readFileSync } from 'node:fs';
import { type ClientRequest, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { onTestFinished } from 'vitest';
import { type Era, Memory } from './memory.ts';
import { type Launch, launchBin, type Running, startBin } from './processes.ts';

export interface HttpServer {
  url: string;
  /** The loopback address under which it answers. */
  host: string;
  port: number;
  token: string;
  tokenFile: string;
  dataRoot: string;
  running: Running;
}

/** Starts `serve` on a free port and waits until it listens; it ends with the test. */
export async function startServer(
  launch: Launch & { dataRoot: string },
  flags: readonly string[] = [],
): Promise<HttpServer> {
  return await listening(startBin(['serve', '--port', '0', ...flags], launch), launch.dataRoot);
}

/** The same for all tests of a file: the caller ends it. */
export async function launchServer(dataRoot: string): Promise<HttpServer> {
  return await listening(launchBin(['serve', '--port', '0'], { dataRoot }), dataRoot);
}

async function listening(running: Running, dataRoot: string): Promise<HttpServer> {
  const [, url = '', port = ''] = await running.says(/listens on (http:\/\/\S+:(\d+))$/m);
  const tokenFile = join(dataRoot, 'http-token');
  return {
    url,
    host: url.startsWith('http://[') ? '::1' : '127.0.0.1',
    port: Number(port),
    token: readFileSync(tokenFile, 'utf8').trim(),
    tokenFile,
    dataRoot,
    running,
  };
}

/** The official client with the server's token, for one test. */
export async function connectHttp(server: HttpServer, era: Era = 'auto'): Promise<Memory> {
  const memory = httpMemory(server, era);
  onTestFinished(() => memory.close());
  return await memory.connect();
}

/** The same, not connected yet; the caller closes it. */
export function httpMemory({ url, token, dataRoot }: HttpServer, era: Era): Memory {
  const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
    requestInit: { headers: { Authorization: `Bearer ${token}` } },
  });
  return new Memory({ dataRoot, era }, transport);
}

export interface Response {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export const LIST_TOOLS = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });

/** A request as it is on the wire: fetch would not let us lie about Host and Origin. */
export function post(
  server: HttpServer,
  headers: Record<string, string>,
  body: string = LIST_TOOLS,
  path = '/mcp',
): Promise<Response> {
  return send(
    server,
    'POST',
    path,
    { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...headers },
    body,
  );
}

export function send(
  server: HttpServer,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = '',
): Promise<Response> {
  return start(server, method, path, headers, (call) => call.end(body));
}

/** Sends the head of a request and waits for the answer; its body never comes. */
export function announce(server: HttpServer, headers: Record<string, string>): Promise<Response> {
  return start(server, 'POST', '/mcp', headers, (call) => call.flushHeaders());
}

function start(
  { host, port }: HttpServer,
  method: string,
  path: string,
  headers: Record<string, string>,
  go: (call: ClientRequest) => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const call = request({ host, port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        call.destroy();
      });
    });
    call.on('error', reject);
    go(call);
  });
}

/** A connection on which a test says what it likes, when it likes. */
export class Wire {
  readonly socket: Socket;
  /** Ends when the server or the test has closed it; answers everything that came. */
  readonly closed: Promise<string>;
  received = '';

  constructor({ host, port }: HttpServer) {
    this.socket = connect({ host, port });
    // A connection that is cut off is what these tests are about.
    this.socket.on('error', () => undefined);
    this.socket.setEncoding('latin1').on('data', (text: string) => {
      this.received += text;
    });
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve(this.received)));
  }

  /** Sends these, and then a byte of `drip` again and again for as long as the connection lives. */
  drip(start: string, drip: string): this {
    this.socket.write(start);
    const timer = setInterval(() => this.socket.write(drip), 250);
    this.socket.once('close', () => clearInterval(timer));
    return this;
  }

  /** Whether it is connected now, waiting until that is settled. */
  connected(): Promise<boolean> {
    return new Promise((resolve) => {
      if (!this.socket.connecting) resolve(!this.socket.destroyed);
      this.socket.once('connect', () => resolve(true));
      this.socket.once('close', () => resolve(false));
    });
  }
}
