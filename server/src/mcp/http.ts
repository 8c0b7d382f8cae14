/** MCP over Streamable HTTP on the loopback address, behind a token, and a page that says that the server is well. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  originValidationResponse,
} from '@modelcontextprotocol/server';
import { Hono } from 'hono';
import type { Tool } from '../catalog/define.ts';
import { databaseAnswers } from '../catalog/health.ts';
import { MemoryError } from '../domain/errors.ts';
import { VERSION } from '../domain/version.ts';
import { logError } from '../log.ts';
import { serverFactory } from './server.ts';
import { statusPage } from './status-page.ts';
import { carriesToken } from './token.ts';

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

/** A long Markdown plan fits; more is refused with 413. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const CLOSING_MS = 1_000;
const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

/** Starts to listen. @throws invalid_input for an open address without allowed hosts, unavailable for a busy port. */
export function runHttp(tools: readonly Tool[], options: HttpOptions): Promise<RunningServer> {
  const { host, port, allowedHosts } = options;
  if (!LOOPBACK.includes(host) && allowedHosts.length === 0) {
    throw new MemoryError('invalid_input', `Listening on ${host} lets other machines in.`, {
      hint: 'Name the hosts under which it may be reached with --allowed-host, or leave --host out.',
    });
  }
  const app = httpApp(tools, options);
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, (info: AddressInfo) => {
      const name = host.includes(':') ? `[${host}]` : host;
      const close = () =>
        new Promise<void>((done) => {
          server.close(() => done());
          // Answers that are under way get a moment; streams that nobody ends do not hold the server up.
          setTimeout(() => (server as Server).closeAllConnections(), CLOSING_MS).unref();
        });
      resolve({ url: `http://${name}:${info.port}`, close });
    });
    server.on('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
  });
}

/** The routes: `/` says that the server is well, `/mcp` is for clients with the token. */
function httpApp(tools: readonly Tool[], { token, allowedHosts }: HttpOptions): Hono {
  const mcp = createMcpHandler(serverFactory(tools, { workingDirectory: null }), {
    onerror: (error) => void logError(error, 'HTTP transport'),
    maxRequestBodySize: MAX_BODY_BYTES,
  });
  const hosts = [...localhostAllowedHostnames(), ...allowedHosts];
  const origins = [...localhostAllowedOrigins(), ...allowedHosts];
  const app = new Hono();
  app.use(async (context, next) => {
    const { raw } = context.req;
    return hostHeaderValidationResponse(raw, hosts) ?? originValidationResponse(raw, origins) ?? next();
  });
  app.get('/', (context) => {
    const healthy = databaseAnswers();
    context.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'");
    return context.html(statusPage(VERSION, healthy), healthy ? 200 : 503);
  });
  app.all('/mcp', async (context) =>
    carriesToken(context.req.header('authorization'), token)
      ? mcp.fetch(context.req.raw)
      : context.json(
          { error: 'invalid_token', error_description: 'Send the token as "Authorization: Bearer …".' },
          401,
          {
            'WWW-Authenticate': 'Bearer',
          },
        ),
  );
  return app;
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
