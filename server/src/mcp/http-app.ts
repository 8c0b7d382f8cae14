/** What the HTTP server answers: the fence in front of everything, MCP behind the token, and a page that says that it is well. */
import type { HttpBindings } from '@hono/node-server';
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  originValidationResponse,
} from '@modelcontextprotocol/server';
import { type Context, Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Tool } from '../catalog/define.ts';
import { databaseAnswers } from '../catalog/health.ts';
import { VERSION } from '../domain/version.ts';
import { logError, reportBug } from '../log.ts';
import {
  CLIENT_RATE,
  type Connections,
  MAX_BODY_BYTES,
  MAX_LARGE_BODIES,
  SMALL_BODY_BYTES,
  STRANGER_RATE,
} from './http-limits.ts';
import { serverFactory } from './server.ts';
import { statusPage } from './status-page.ts';
import { carriesToken } from './token.ts';
import { TokenBucket } from './token-bucket.ts';

export interface AppOptions {
  token: string;
  /** As they stand in a Host header, beside the loopback names. */
  allowedHosts: readonly string[];
  connections: Connections;
}

type Env = { Bindings: HttpBindings; Variables: { isClient: boolean } };

/** In this order: too many connections 503, foreign host or origin 403, too often 429, then the route, where no token is 401. */
export function httpApp(tools: readonly Tool[], options: AppOptions): Hono<Env> {
  const app = new Hono<Env>();
  addHeaders(app);
  addFence(app, options);
  app.get('/', async (context) => {
    const healthy = await databaseAnswers();
    return context.html(statusPage(VERSION, healthy), healthy ? 200 : 503);
  });
  addMcp(app, tools);
  app.onError(async (error, context) => {
    const description = await reportBug(error, 'HTTP request failed');
    return context.json({ error: 'internal', error_description: description }, 500);
  });
  return app;
}

/** What a browser must not do with an answer, whatever the answer is. */
function addHeaders(app: Hono<Env>): void {
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'none'"], styleSrc: ["'unsafe-inline'"], frameAncestors: ["'none'"] },
      xFrameOptions: 'DENY',
      // It is spoken over plain HTTP; what stands before it on another machine decides about that.
      strictTransportSecurity: false,
    }),
  );
  app.use(async (context, next) => {
    await next();
    context.header('Cache-Control', 'no-store');
  });
}

function addFence(app: Hono<Env>, { token, allowedHosts, connections }: AppOptions): void {
  app.use(async (context, next) => {
    if (!connections.isSurplus(context.env.incoming.socket)) return next();
    context.header('Connection', 'close');
    return later(context, 503, 'too_many_connections', 1);
  });

  const hosts = [...localhostAllowedHostnames(), ...allowedHosts];
  const origins = [...localhostAllowedOrigins(), ...allowedHosts];
  app.use(async (context, next) => {
    const { raw } = context.req;
    return hostHeaderValidationResponse(raw, hosts) ?? originValidationResponse(raw, origins) ?? next();
  });

  // Two buckets, so that a stranger who asks without end cannot keep a client out.
  const [clients, strangers] = [new TokenBucket(CLIENT_RATE), new TokenBucket(STRANGER_RATE)];
  app.use(async (context, next) => {
    const isClient = carriesToken(context.req.header('authorization'), token);
    const wait = (isClient ? clients : strangers).take();
    if (wait > 0) return later(context, 429, 'too_many_requests', Math.ceil(wait / 1000));
    context.set('isClient', isClient);
    return next();
  });
}

function addMcp(app: Hono<Env>, tools: readonly Tool[]): void {
  const mcp = createMcpHandler(serverFactory(tools, { workingDirectory: null }), {
    onerror: (error) => void logError(error, 'HTTP transport'),
    maxRequestBodySize: MAX_BODY_BYTES,
  });
  let largeBodies = 0;
  app.all('/mcp', async (context) => {
    if (!context.get('isClient')) return withoutToken(context);
    if (!isLarge(context)) return mcp.fetch(context.req.raw);
    if (largeBodies === MAX_LARGE_BODIES) return later(context, 503, 'too_many_large_requests', 1);
    largeBodies += 1;
    try {
      return await mcp.fetch(context.req.raw);
    } finally {
      largeBodies -= 1;
    }
  });
}

/** A body of unknown length may be a large one. Other methods than POST are refused without reading theirs. */
function isLarge({ req }: Context): boolean {
  return req.method === 'POST' && !(Number(req.header('content-length')) <= SMALL_BODY_BYTES);
}

function withoutToken(context: Context): Response {
  context.header('WWW-Authenticate', 'Bearer');
  const description = 'Send the token as "Authorization: Bearer …".';
  return context.json({ error: 'invalid_token', error_description: description }, 401);
}

function later(context: Context, status: 429 | 503, error: string, seconds: number): Response {
  context.header('Retry-After', String(seconds));
  return context.json({ error, error_description: `Try again in ${seconds} s.` }, status);
}
