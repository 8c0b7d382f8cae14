/** Project Memory as an agent has it: a server process, asked by the official client. */
import { type CallToolResult, Client, type ListToolsResult, type Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { newFolder, removeFolder } from './folders.ts';
import { BIN, environment } from './processes.ts';

export type Args = Readonly<Record<string, unknown>>;
export type Era = 'legacy' | 'auto';

export interface Connection {
  dataRoot: string;
  /** Further arguments of `mcp`. */
  flags?: readonly string[];
  cwd?: string;
  env?: Record<string, string>;
  /** Another Node than the one that runs the tests. */
  node?: string | undefined;
  /** legacy: the handshake of 2025; auto: the newest that both sides know. */
  era?: Era;
}

export class Memory {
  readonly client: Client;
  readonly dataRoot: string;
  readonly #transport: Transport;

  constructor({ dataRoot, flags = [], cwd, env, node, era = 'auto' }: Connection, transport?: Transport) {
    this.dataRoot = dataRoot;
    this.client = new Client({ name: 'test', version: '0' }, { versionNegotiation: { mode: era } });
    this.#transport =
      transport ??
      new StdioClientTransport({
        command: node ?? process.execPath,
        args: [BIN, 'mcp', ...flags],
        env: environment({ dataRoot, env }),
        stderr: 'pipe',
        ...(cwd === undefined ? {} : { cwd }),
      });
  }

  /** Sends a signal to the server's process, if it is there. */
  signal(name: NodeJS.Signals): void {
    const pid = this.#transport instanceof StdioClientTransport ? this.#transport.pid : null;
    if (pid !== null) process.kill(pid, name);
  }

  async connect(): Promise<this> {
    await this.client.connect(this.#transport);
    return this;
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  async tools(): Promise<ListToolsResult['tools']> {
    return (await this.client.listTools()).tools;
  }

  /** The raw result of a call. */
  async call(tool: string, action: string, args: Args = {}): Promise<CallToolResult> {
    return (await this.client.callTool({ name: `memory_${tool}`, arguments: { action, ...args } })) as CallToolResult;
  }

  /** The text of a call that must succeed. */
  async ok(tool: string, action: string, args: Args = {}): Promise<string> {
    const result = await this.call(tool, action, args);
    const text = textOf(result);
    expect(result.isError ?? false, `${tool} ${action}: ${text}`).toBe(false);
    return text;
  }

  /** The text of a call that must be refused. Whatever is refused, it shows nothing of the engine and the program's files. */
  async refused(tool: string, action: string, args: Args = {}): Promise<string> {
    const result = await this.call(tool, action, args);
    const text = textOf(result);
    expect(result.isError ?? false, `${tool} ${action} was not refused: ${text}`).toBe(true);
    expectClean(text);
    return text;
  }

  /** The data of a read that must succeed. */
  async data<T>(tool: string, action: string, args: Args = {}): Promise<T> {
    return JSON.parse(await this.ok(tool, action, { ...args, detail: 'full' })) as T;
  }

  /** The id of this kind in the reply to a call that must succeed. */
  async id(kind: string, tool: string, action: string, args: Args = {}): Promise<string> {
    return idIn(await this.ok(tool, action, args), kind);
  }
}

/** All text of a result. */
export function textOf(result: CallToolResult): string {
  return result.content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
}

/** The first id with this prefix, such as `plan`. */
export function idIn(text: string, prefix: string): string {
  const id = new RegExp(`\\b${prefix}_[0-9a-z]{12}\\b`).exec(text)?.[0];
  if (id === undefined) throw new Error(`No ${prefix} id in: ${text}`);
  return id;
}

/** A refusal is words for its reader: no SQL, no stack, and never a bug of ours. */
export function expectClean(text: string): void {
  expect(text).not.toMatch(/SQLITE|SELECT |INSERT |at file:|node_modules|\.mjs:\d|this is a bug|\[object Object\]/i);
  expect(text).toMatch(/^\w+: \S/);
}

/** A server of its own for one test. */
export async function connect(connection: Connection): Promise<Memory> {
  const memory = new Memory(connection);
  onTestFinished(() => memory.close());
  return await memory.connect();
}

/** One server on one fresh data root for all tests of a file; they share the database and make their own workspaces. */
export function sharedMemory(connection: Omit<Connection, 'dataRoot'> = {}): Memory {
  const dataRoot = newFolder();
  const memory = new Memory({ dataRoot, ...connection });
  beforeAll(() => memory.connect().then(() => undefined));
  afterAll(async () => {
    await memory.close();
    removeFolder(dataRoot);
  });
  return memory;
}
