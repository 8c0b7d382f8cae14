/** A server process over stdio, spoken to as a client does but without a client's library: what is timed is the server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { hrtime } from 'node:process';

const HANDSHAKE = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'bench', version: '0' },
};

export class StdioServer {
  readonly child: ChildProcess;
  readonly #started = hrtime.bigint();
  readonly #waiting = new Map<number, (answer: string) => void>();
  #rest = '';
  #id = 0;

  /** Starts `node <args>`. */
  constructor(args: readonly string[]) {
    this.child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#read(text));
  }

  /** Milliseconds from the start of the process until `tools/list` is answered; asked as soon as the process is there. */
  async listTools(): Promise<number> {
    void this.ask('initialize', HANDSHAKE);
    this.#send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    await this.ask('tools/list', {});
    return Number(hrtime.bigint() - this.#started) / 1e6;
  }

  /** The answer to a request, as its line. */
  async ask(method: string, params: object): Promise<string> {
    const id = ++this.#id;
    this.#send({ jsonrpc: '2.0', id, method, params });
    return await new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin?.end();
    await ended;
  }

  #send(message: object): void {
    this.child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const id = Number(/"id":(\d+)/.exec(line)?.[1]);
      this.#waiting.get(id)?.(line);
      this.#waiting.delete(id);
    }
  }
}
