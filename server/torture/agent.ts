/** An agent at work: takes steps and finishes them, writes notes, lets steps wait for each other, until it is told to stop. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Adapter, type Agent, type Call, type Held, Refusal } from './adapter.ts';
import type { Connection } from './connection.ts';
import type { Ledger, Span } from './ledger.ts';

const STEPS_AT_ONCE = 40;
const AGAIN_MS = 20;

export interface Surroundings {
  adapter: Adapter;
  ledger: Ledger;
  plan: string;
  /** A process beside the agent's own, to which some calls are sent as well, at the same moment. */
  twin: Connection;
}

export class Worker {
  readonly connection: Connection;
  readonly #around: Surroundings;
  readonly #name: string;
  #agent: Agent | undefined;
  #held: Held | null = null;
  #calls = 0;
  #interrupted = false;
  #stopping = false;

  constructor(name: string, connection: Connection, around: Surroundings) {
    this.#name = name;
    this.connection = connection;
    this.#around = around;
  }

  get holds(): boolean {
    return this.#held !== null;
  }

  /** Its process runs: it has been answered since it was last interrupted. */
  get isBack(): boolean {
    return !this.#interrupted;
  }

  /** Its process was stopped or killed: how long this call takes says nothing of the server. */
  interrupted(): void {
    this.#interrupted = true;
  }

  /** Forgets who it was and what it held, as an agent does that never comes back: another one begins in its place. */
  abandon(): void {
    this.#agent = undefined;
    this.#held = null;
  }

  stop(): void {
    this.#stopping = true;
  }

  async work(): Promise<void> {
    while (!this.#stopping) {
      this.#agent ??= await this.#join();
      const agent = this.#agent;
      const dice = Math.random();
      if (dice < 0.6) await this.#next(agent);
      else if (dice < 0.9) await this.#note(agent);
      else if (dice < 0.95) await this.#link(agent);
      else await this.#add(agent);
    }
  }

  async #join(): Promise<Agent> {
    const { adapter, plan } = this.#around;
    const { answer } = await this.#answered((call) => adapter.join(call, plan, this.#name));
    return { name: this.#name, plan, session: answer ?? '' };
  }

  async #next(agent: Agent): Promise<void> {
    const { adapter, ledger } = this.#around;
    const held = this.#held;
    const request = this.#request();
    const { answer, span } = await this.#answered((call) => adapter.next(call, agent, request, held));
    if (agent !== this.#agent) return;
    if (held !== null) ledger.ended(agent.session, held.step);
    this.#held = answer?.taken ?? null;
    if (answer === null) return;
    if (answer.finished !== null) ledger.finished(answer.finished);
    if (answer.taken !== null) ledger.granted(agent.session, answer.taken, span);
    else await this.#add(agent);
  }

  async #note(agent: Agent): Promise<void> {
    const { adapter, ledger } = this.#around;
    const request = this.#request();
    const text = `${agent.session} ${request}`;
    const { answer, span } = await this.#answered((call) => adapter.note(call, agent, request, text).then(() => true));
    if (answer === null) return;
    ledger.noted(text);
    if (agent === this.#agent) ledger.alive(agent.session, this.#held, span);
  }

  async #link(agent: Agent): Promise<void> {
    const { adapter, ledger } = this.#around;
    const [source, target] = [ledger.steps.at(-1 - random(200)), ledger.steps.at(-1 - random(200))];
    if (source === undefined || target === undefined || source === target) return;
    const request = this.#request();
    const { answer } = await this.#answered((call) =>
      adapter.link(call, agent, request, source, target).then(() => true),
    );
    if (answer !== null) ledger.linked(source, target);
  }

  async #add(agent: Agent): Promise<void> {
    const { adapter, ledger } = this.#around;
    const request = this.#request();
    const tasks = Array.from({ length: STEPS_AT_ONCE }, (_, n) => `Part ${n} of ${agent.session} ${request}`);
    const { answer } = await this.#answered((call) => adapter.add(call, agent, request, tasks));
    if (answer !== null) ledger.steps.push(...answer);
  }

  #request(): string {
    this.#calls += 1;
    return `${this.#agent?.session} ${this.#calls}`;
  }

  /**
   * Sends a call until it is answered, always the same, as a client does that does not know whether the lost one was done.
   * The answer is null where it was refused.
   */
  async #answered<T>(send: (call: Call) => Promise<T>): Promise<{ answer: T | null; span: Span }> {
    const { adapter, ledger } = this.#around;
    const sent = performance.now();
    this.#interrupted = false;
    for (;;) {
      try {
        const answer = await this.#sent(send);
        const answered = performance.now();
        if (!this.#interrupted) ledger.latencies.push(answered - sent);
        return { answer, span: { sent, answered } };
      } catch (error) {
        const answered = performance.now();
        if (error instanceof Refusal) {
          if (adapter.isExpected(error)) ledger.refused += 1;
          else ledger.failed(error);
          return { answer: null, span: { sent, answered } };
        }
        // The process is gone; a new one is asked the same.
        this.#interrupted = true;
        await pause(AGAIN_MS);
      }
    }
  }

  /** Now and then through two processes at once: both must answer the same. */
  async #sent<T>(send: (call: Call) => Promise<T>): Promise<T> {
    const { ledger, twin, adapter } = this.#around;
    if (this.#agent === undefined || Math.random() > 0.05) return send(this.connection.call);
    const other = send(twin.call).catch((error: unknown) => error);
    const answer = await send(this.connection.call);
    const second = await other;
    ledger.repeated += 1;
    if (second instanceof Refusal && !adapter.isExpected(second)) ledger.failed(second);
    else if (JSON.stringify(second) !== JSON.stringify(answer)) ledger.differing += 1;
    return answer;
  }
}

function random(below: number): number {
  return Math.floor(Math.random() * below);
}
