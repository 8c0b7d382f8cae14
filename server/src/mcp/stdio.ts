/** MCP over stdio, for clients that start the server themselves. */
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Tool } from '../catalog/define.ts';
import { logKind } from '../log.ts';
import { serverFactory } from './server.ts';

/** Larger messages close the connection; what is too long for an action is refused by the action, in words. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** Serves until stdin ends. The working directory tells which workspace is meant where a call names none. */
export function runStdio(tools: readonly Tool[]): void {
  serveStdio(serverFactory(tools, { workingDirectory: process.cwd() }), {
    transport: new StdioServerTransport(process.stdin, process.stdout, { maxBufferSize: MAX_MESSAGE_BYTES }),
    onerror: (error) => void logKind(error, 'stdio transport'),
  });
}
