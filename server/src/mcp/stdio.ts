/** MCP over stdio, for clients that start the server themselves. */
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Tool } from '../catalog/define.ts';
import { LiveSessions } from '../catalog/live-sessions.ts';
import { logError, logKind } from '../log.ts';
import { serverFactory } from './server.ts';

/** Larger messages close the connection; what is too long for an action is refused by the action, in words. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/**
 * Serves until stdin ends; until then, whoever called through it keeps its claims. The working directory tells which workspace
 * is meant where a call names none.
 */
export function runStdio(tools: readonly Tool[]): void {
  const sessions = new LiveSessions();
  sessions.keepAlive((error) => void logError(error, 'renewing claims'));
  serveStdio(serverFactory(tools, { workingDirectory: process.cwd(), sessions }), {
    transport: new StdioServerTransport(process.stdin, process.stdout, { maxBufferSize: MAX_MESSAGE_BYTES }),
    onerror: (error) => void logKind(error, 'stdio transport'),
  });
}
