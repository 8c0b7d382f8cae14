/** One agent's server process: started, called, killed, stopped, started again. */
import { type CallToolResult, Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { type Call, Refusal, type Start } from './adapter.ts';

const CALL_MS = 60_000;

export class Connection {
  readonly #start: Start;
  #open: { client: Client; pid: number } | undefined;

  constructor(start: Start) {
    this.#start = start;
  }

  /** Calls a tool of the process, which is started if it is not there. */
  readonly call: Call = async (tool, args) => {
    const { client } = await this.#connect();
    const result = (await client.callTool({ name: tool, arguments: args }, { timeout: CALL_MS })) as CallToolResult;
    const text = result.content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
    if (result.isError === true) throw new Refusal(text);
    return text;
  };

  /** Sends a signal to the process. Answers whether there was one. */
  signal(name: NodeJS.Signals): boolean {
    const pid = this.#open?.pid;
    if (pid === undefined) return false;
    if (name === 'SIGKILL') this.#open = undefined;
    try {
      return process.kill(pid, name);
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#open?.client.close();
    this.#open = undefined;
  }

  async #connect(): Promise<{ client: Client; pid: number }> {
    if (this.#open !== undefined) return this.#open;
    const client = new Client({ name: 'torture', version: '0' });
    const transport = new StdioClientTransport({ ...this.#start, stderr: 'pipe' });
    let complaint = '';
    transport.stderr?.on('data', (text: Buffer) => {
      complaint = (complaint + text).slice(-2_000);
    });
    try {
      await client.connect(transport);
    } catch (error) {
      // A server that says why it cannot start has answered.
      if (complaint !== '') throw new Refusal(complaint);
      throw error;
    }
    const { pid } = transport;
    // Gone already. Signals to process 0 would reach the harness itself.
    if (pid === null) throw new Error('The server has ended.');
    const opened = { client, pid };
    client.onclose = () => {
      if (this.#open === opened) this.#open = undefined;
    };
    this.#open = opened;
    return opened;
  }
}
