/** The MCP server: the tools of the catalog, published and answered. */
import { type CallToolResult, McpServer, type StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import type { Tool } from '../catalog/define.ts';
import { descriptionOf } from '../catalog/derive/description.ts';
import { publishedSchema } from '../catalog/derive/schema.ts';
import { dispatch, type Origin } from '../catalog/dispatch.ts';
import { MemoryError } from '../domain/errors.ts';
import { VERSION } from '../domain/version.ts';
import { logError } from '../log.ts';
import { INSTRUCTIONS } from './instructions.ts';

const HOUR_MS = 3_600_000;

/** A factory of servers over these tools. One connection, or one HTTP request, gets one server; it holds no state. */
export function serverFactory(tools: readonly Tool[], origin: Origin): () => McpServer {
  const published = tools.map((tool) => ({
    name: tool.name,
    config: {
      description: descriptionOf(tool),
      inputSchema: passThrough(publishedSchema(tool)),
      annotations: tool.annotations,
    },
  }));
  return () => {
    const server = new McpServer(
      { name: 'project-memory', version: VERSION },
      {
        capabilities: { tools: {} },
        instructions: INSTRUCTIONS,
        // The list is chosen at the start and never changes.
        cacheHints: { 'tools/list': { ttlMs: HOUR_MS, cacheScope: 'public' } },
      },
    );
    for (const { name, config } of published) {
      server.registerTool(name, config, (input, { mcpReq }) =>
        answer(tools, name, input, { ...origin, signal: mcpReq.signal }),
      );
    }
    return server;
  };
}

/**
 * Publishes a schema and lets every call through: the strict check of each action is made by dispatch, whose words are shorter
 * and say more than the protocol library's.
 */
function passThrough(published: object): StandardSchemaWithJSON<unknown, unknown> {
  return {
    '~standard': {
      version: 1,
      vendor: 'project-memory',
      validate: (value) => ({ value }),
      jsonSchema: { input: () => ({ ...published }), output: () => ({ ...published }) },
    },
  };
}

/** A refusal is a result with `isError`, so that the model can correct itself. */
async function answer(tools: readonly Tool[], name: string, input: unknown, origin: Origin): Promise<CallToolResult> {
  try {
    const { blocks } = await dispatch(tools, name, input, origin);
    return { content: blocks.map((text) => ({ type: 'text', text })) };
  } catch (error) {
    return { isError: true, content: [{ type: 'text', text: await refusal(error, name) }] };
  }
}

async function refusal(error: unknown, name: string): Promise<string> {
  if (error instanceof MemoryError && error.code !== 'internal') return `${error.code}: ${error.sentence}`;
  const id = await logError(error, `${name} failed`);
  return `internal: this is a bug of Project Memory, logged as ${id} on stderr. Nothing was written.`;
}
