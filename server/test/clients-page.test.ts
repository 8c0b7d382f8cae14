/** docs/clients.md: what stands there for a client to read is read, started and connected to. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { parse as parseToml } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Block, blocks, page } from './support/documents.ts';
import { newFolder, removeFolder } from './support/folders.ts';
import { type HttpServer, launchServer } from './support/http-server.ts';
import { BIN, environment } from './support/processes.ts';

/** One server as the clients write it: each under a key of its own, with the words of its own. */
interface Entry {
  command?: string;
  args?: string[];
  url?: string;
  httpUrl?: string;
  headers?: { Authorization: string };
  bearer_token_env_var?: string;
}

const CLIENTS = ['Claude Code', 'Claude Desktop', 'Cursor', 'VS Code', 'Codex', 'Gemini CLI', 'Zed'];
const markdown = page('docs/clients.md');
const settings = blocks(markdown).filter(({ language }) => language === 'json' || language === 'toml');
const entries = settings.map((block) => ({ client: block.heading, ...entryOf(block) }));

test('every client has its stdio settings, and HTTP settings where it can use them', () => {
  const clientsOf = (kind: keyof Entry) =>
    entries.filter((entry) => entry[kind] !== undefined).map(({ client }) => client);
  expect(clientsOf('command')).toEqual(CLIENTS);
  expect([...clientsOf('url'), ...clientsOf('httpUrl')].sort()).toEqual(
    CLIENTS.filter((client) => client !== 'Claude Desktop').sort(),
  );
});

describe('against the running program', () => {
  const folder = newFolder();
  const tools = join(folder, 'bin');
  let server: HttpServer;
  beforeAll(async () => {
    mkdirSync(tools);
    symlinkSync(BIN, join(tools, 'project-memory'));
    server = await launchServer(join(folder, 'data'));
  });
  afterAll(async () => {
    server.running.child.kill('SIGTERM');
    await server.running.finished;
    removeFolder(folder);
  });

  async function toolsOver(transport: Transport): Promise<number> {
    const client = new Client({ name: 'test', version: '0' });
    await client.connect(transport);
    const listed = await client.listTools();
    await client.close();
    return listed.tools.length;
  }

  function stdio(command: string, args: readonly string[]): Promise<number> {
    const env = environment({ dataRoot: server.dataRoot });
    env['PATH'] = `${tools}:${env['PATH']}`;
    return toolsOver(
      new StdioClientTransport({
        command: command.replace('/path/to/bin', tools),
        args: args.map((arg) => arg.replace('/path/to/project-memory/server/bin/project-memory.mjs', BIN)),
        env,
        stderr: 'inherit',
      }),
    );
  }

  test.each(entries.filter(({ command }) => command !== undefined))(
    'the command for $client is started and lists its tools',
    async ({ command = '', args = [] }) => {
      expect(await stdio(command, args)).toBe(8);
    },
  );

  test.each(entries.filter(({ command }) => command === undefined))(
    'the address for $client is found and lists its tools',
    async ({ url, httpUrl, headers, bearer_token_env_var: variable }) => {
      const written = new URL(url ?? httpUrl ?? '');
      // The page says the usual port, and the test has taken a free one.
      expect(written.port).toBe('7466');
      written.port = String(server.port);
      // What stands for the token is filled in by the client, each in its own way, or by a person.
      const authorization = headers?.Authorization ?? `Bearer \${${variable}}`;
      expect(authorization).toMatch(/^Bearer (\$\{(env:)?MEMORY_TOKEN\}|\$\{input:memory-token\}|<token>)$/);
      const Authorization = authorization.replace(/^Bearer .*/, `Bearer ${server.token}`);
      expect(
        await toolsOver(new StreamableHTTPClientTransport(written, { requestInit: { headers: { Authorization } } })),
      ).toBe(8);
    },
  );

  test('the command from a checkout, as it stands in the text, is started too', async () => {
    const [, command = '', args = '[]'] = /`"command": "(\w+)"` and `"args": (\[.*?\])`/.exec(markdown) ?? [];
    expect(await stdio(command, JSON.parse(args) as string[])).toBe(8);
  });

  test('the flags that the text names are taken', async () => {
    expect(await stdio('project-memory', ['mcp', '--tools', 'core'])).toBeGreaterThan(0);
    expect(await stdio('project-memory', ['mcp', '--read-only'])).toBeGreaterThan(0);
  });
});

function entryOf({ language, text }: Block): Entry {
  const parsed = (language === 'toml' ? parseToml(text) : JSON.parse(text)) as Record<string, Record<string, Entry>>;
  const servers = parsed['mcpServers'] ?? parsed['servers'] ?? parsed['context_servers'] ?? parsed['mcp_servers'];
  const entry = servers?.['project-memory'];
  if (entry === undefined) throw new Error(`There is no server in ${text}`);
  return entry;
}
