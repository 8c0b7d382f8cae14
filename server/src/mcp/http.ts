/** MCP over Streamable HTTP on the loopback address: who listens where, and how it ends. */
import type { Server } from 'node:http';
import { isIPv6 } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Tool } from '../catalog/define.ts';
import { MemoryError } from '../domain/errors.ts';
import { logError } from '../log.ts';
import { httpApp } from './http-app.ts';
import { Connections, SERVER_OPTIONS } from './http-limits.ts';

export interface HttpOptions {
  host: string;
  port: number;
  token: string;
  /** Names under which the server may be addressed, beside the loopback ones. */
  allowedHosts: readonly string[];
}

export interface RunningServer {
  url: string;
  close: () => Promise<void>;
}

const CLOSING_MS = 1_000;
const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

/**
 * Starts to listen.
 * @throws invalid_input for an open address without allowed hosts, or for one that is no host name; unavailable for a busy
 * port and for an address that is not of this machine.
 */
export function runHttp(tools: readonly Tool[], options: HttpOptions): Promise<RunningServer> {
  const { host, port, token } = options;
  if (!LOOPBACK.includes(host) && options.allowedHosts.length === 0) {
    throw new MemoryError('invalid_input', `Listening on ${host || 'every address'} lets other machines in.`, {
      hint: 'Name the hosts under which it may be reached with --allowed-host, or leave --host out.',
    });
  }
  const connections = new Connections();
  const app = httpApp(tools, { token, allowedHosts: options.allowedHosts.map(hostName), connections });
  const server = createAdaptorServer({ fetch: app.fetch, hostname: host, serverOptions: SERVER_OPTIONS }) as Server;
  connections.watch(server);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen(port, host, () => {
      // Once it listens, a connection that cannot be taken (no file descriptor is left) is no reason to end.
      server.on('error', (error) => void logError(error, 'HTTP server'));
      const address = server.address();
      const bound = typeof address === 'object' ? address?.port : port;
      resolve({ url: `http://${bracketed(host)}:${bound}`, close: () => close(server) });
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    // Answers that are under way get a moment; streams that nobody ends do not hold the server up.
    setTimeout(() => server.closeAllConnections(), CLOSING_MS).unref();
  });
}

/** A name as it stands in the Host header: lower case, an IPv6 address short and in brackets. */
function hostName(name: string): string {
  const text = bracketed(name).toLowerCase();
  // Whatever is more than a name, such as a port, a path or a star, would never match a header: it is a mistake.
  const url = /^([\w.-]+|\[[\da-f:.]+\])$/.test(text) ? URL.parse(`http://${text}`) : null;
  if (url === null) {
    throw new MemoryError('invalid_input', `--allowed-host "${name}" is no host name.`, {
      hint: 'Give the name alone, without scheme and port, such as memory.example.',
    });
  }
  return url.hostname;
}

function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new MemoryError('unavailable', `Port ${port} on ${host} is in use.`, {
      hint: 'Another Project Memory may be running there; or choose another port with --port or PROJECT_MEMORY_PORT.',
      cause: error,
    });
  }
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new MemoryError('unavailable', `Cannot listen on ${host} port ${port} (${error.code}).`, {
      hint: 'Choose an address of this machine with --host, and a port above 1023 with --port.',
      cause: error,
    });
  }
  return error;
}
