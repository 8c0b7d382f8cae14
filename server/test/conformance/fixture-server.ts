/**
 * The production server factory with the fixtures that the conformance suite calls by name, on a loopback port without a token.
 * For 2025 it keeps sessions, since the suite tests requests from the server to the client, which need one.
 */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  isLegacyRequest,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  type McpServer,
  originValidationResponse,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { onTestFinished } from 'vitest';
import { TOOLS } from '../../src/catalog/tools.ts';
import { serverFactory } from '../../src/mcp/server.ts';
import { registerPrompts, registerResources } from './fixture-prompts.ts';
import { registerQuestions, state } from './fixture-questions.ts';
import { registerTools } from './fixture-tools.ts';

/** Answers the address of a server that ends with the test. It works on the current database. */
export async function startFixtureServer(): Promise<string> {
  const modern = createMcpHandler(newServer, { legacy: 'reject' });
  const legacy = sessions();
  const fetch = async (request: Request) =>
    hostHeaderValidationResponse(request, localhostAllowedHostnames()) ??
    originValidationResponse(request, localhostAllowedOrigins()) ??
    ((await isLegacyRequest(request)) ? await legacy(request) : await modern.fetch(request));
  return await new Promise((resolve) => {
    const server = serve({ fetch, hostname: '127.0.0.1', port: 0 }, ({ port }: AddressInfo) =>
      resolve(`http://127.0.0.1:${port}`),
    );
    onTestFinished(async () => {
      await modern.close();
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
    });
  });
}

const production = serverFactory(TOOLS, { workingDirectory: null }, { requestState: { verify: state.verify } });

function newServer(): McpServer {
  const server = production();
  registerTools(server);
  registerPrompts(server);
  registerResources(server);
  registerQuestions(server);
  return server;
}

/** One server for each session of 2025. */
function sessions(): (request: Request) => Promise<Response> {
  const open = new Map<string, WebStandardStreamableHTTPServerTransport>();
  return async (request) => {
    const id = request.headers.get('mcp-session-id');
    if (id !== null) return (await open.get(id)?.handleRequest(request)) ?? new Response(null, { status: 404 });
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void open.set(id, transport),
      onsessionclosed: (id) => void open.delete(id),
    });
    await newServer().connect(transport);
    return await transport.handleRequest(request);
  };
}
