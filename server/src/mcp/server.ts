/** The MCP server: the tools of the catalog, published and answered, and beside them prompts and resources. */
import {
  type CallToolResult,
  McpServer,
  type ServerOptions,
  type StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import type { Tool } from '../catalog/define.ts';
import { descriptionOf } from '../catalog/derive/description.ts';
import { publishedSchema } from '../catalog/derive/schema.ts';
import { dispatch, type Origin } from '../catalog/dispatch.ts';
import { VERSION } from '../domain/version.ts';
import { instructionsFor } from './instructions.ts';
import { promptsFor } from './prompts.ts';
import { refusalOf } from './refusal.ts';
import { registerResources } from './resources.ts';

/** How long clients may keep what never changes. */
const CHOSEN = { ttlMs: 3_600_000, cacheScope: 'public' } as const;

/**
 * A factory of servers over these tools. One connection, or one HTTP request, gets one server; it holds no state. `more` are
 * options of the protocol library beside ours.
 */
export function serverFactory(tools: readonly Tool[], origin: Origin, more: ServerOptions = {}): () => McpServer {
  const published = tools.map((tool) => ({
    name: tool.name,
    config: {
      description: descriptionOf(tool),
      inputSchema: passThrough(publishedSchema(tool)),
      annotations: tool.annotations,
    },
  }));
  const registerPrompts = promptsFor(tools, origin);
  return () => {
    const server = new McpServer(
      { name: 'project-memory', version: VERSION },
      {
        ...more,
        // Nobody is told of changes: all but the plans in resources/list is chosen at the start and stays.
        capabilities: {
          tools: { listChanged: false },
          prompts: { listChanged: false },
          resources: { listChanged: false },
        },
        instructions: instructionsFor(tools),
        cacheHints: { 'tools/list': CHOSEN, 'prompts/list': CHOSEN, 'resources/templates/list': CHOSEN },
      },
    );
    for (const { name, config } of published) {
      server.registerTool(name, config, (input, { mcpReq }) =>
        answer(tools, name, input, { ...origin, signal: mcpReq.signal }),
      );
    }
    registerPrompts(server);
    registerResources(server, origin);
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
    const { code, sentence } = await refusalOf(error, name);
    return { isError: true, content: [{ type: 'text', text: `${code}: ${sentence}` }] };
  }
}
