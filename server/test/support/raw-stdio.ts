/** The stdio server without a client's library: lines in, lines out, as they are on the wire. */
import { createInterface } from 'node:readline';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { type Launch, type Running, startBin } from './processes.ts';

export interface Message {
  jsonrpc: string;
  id?: number;
  result?: Record<string, unknown>;
  error?: { code: number; message: string };
}

export class RawStdio {
  readonly running: Running;

  constructor(launch: Launch, flags: readonly string[] = []) {
    this.running = startBin(['mcp', ...flags], launch);
  }

  /** Every line that the server has written. */
  get lines(): string[] {
    return this.running.output.stdout.split('\n').filter((line) => line !== '');
  }

  send(line: string | object): void {
    this.running.child.stdin.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
  }

  /** Sends a request and waits for its answer. */
  async ask(id: number, method: string, params: object = {}): Promise<Message> {
    this.send({ jsonrpc: '2.0', id, method, params });
    const [line] = await this.running.says(new RegExp(`^\\{.*"id":${id}[,}].*$`, 'm'));
    return JSON.parse(line) as Message;
  }

  /** The handshake of 2025; answers the server's part of it. */
  async initialize(): Promise<Message> {
    const clientInfo = { name: 'raw', version: '0' };
    const answer = await this.ask(0, 'initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
    this.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return answer;
  }

  /** The same process for a client of the library, which then keeps every byte that was written. */
  asTransport(): Transport {
    const { stdout, stdin } = this.running.child;
    const transport: Transport = {
      start: async () => {
        createInterface(stdout).on('line', (line) => {
          if (line.startsWith('{')) transport.onmessage?.(JSON.parse(line) as JSONRPCMessage);
          // Nothing sensible can follow: calls that wait end now, and the test looks at what was written.
          else transport.onclose?.();
        });
      },
      send: async (message) => this.send(message),
      close: async () => void stdin.end(),
    };
    return transport;
  }
}
