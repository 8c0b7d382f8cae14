/**
 * What the harness must know of a server to torture it. For another server, write a module that exports one of these
 * as `adapter`, and run: npm run torture -- --adapter <file>
 *
 * The harness starts a process per agent, calls it over MCP, kills and stops it, sends calls again under the same request, and
 * in the end compares what was acknowledged with `state`.
 */

/** Calls a tool. @throws Refusal when the server says no, any other error when it is gone. */
export type Call = (tool: string, args: Readonly<Record<string, unknown>>) => Promise<string>;

/** The server has answered, and what it says is no. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

export interface Start {
  command: string;
  args: string[];
  env: Record<string, string>;
}

/** A step in the hands of an agent. */
export interface Held {
  step: string;
  /** What the server gave with it to tell this claim from a later one; null where it knows no such thing. */
  claim: number | null;
}

export interface Next {
  /** The step that this call finished. */
  finished: string | null;
  /** The step that the agent holds from now on. */
  taken: Held | null;
}

/** What an agent needs in every call. */
export interface Agent {
  name: string;
  plan: string;
  session: string;
}

export interface State {
  /** Every step, and how often it was recorded as finished. */
  steps: Map<string, number>;
  /** Every note that was stored, as often as it is there. */
  notes: string[];
  /** Who waits for whom. */
  edges: [source: string, target: string][];
  /** `ok`, or what is wrong with the storage. */
  integrity: string;
}

export interface Adapter {
  name: string;
  /** How long a claim is safe after a sign of life, if the server knows such a thing; `start` sets it. */
  leaseSeconds: number | null;
  /** The SQLite file in the data root, and a table that every note reads. Without it, the storage is left in peace. */
  sqlite?: { file: string; readByAll: string };
  start(dataRoot: string): Start;
  /** Makes a plan without steps; answers its id. */
  createPlan(call: Call): Promise<string>;
  /** Opens a session of an agent; answers its id, or any text where the server has none. */
  join(call: Call, plan: string, name: string): Promise<string>;
  /** Adds steps; answers their ids. */
  add(call: Call, agent: Agent, request: string, tasks: readonly string[]): Promise<string[]>;
  /** Finishes the held step, if there is one, and takes the next. */
  next(call: Call, agent: Agent, request: string, held: Held | null): Promise<Next>;
  /** Stores a note on the plan. */
  note(call: Call, agent: Agent, request: string, text: string): Promise<void>;
  /** Lets one step wait for another. */
  link(call: Call, agent: Agent, request: string, source: string, target: string): Promise<void>;
  /** Whether a refusal means: this step is not yours any more, or: this edge would close a cycle. */
  isExpected(refusal: Refusal): boolean;
  /** All that is stored, read when everything has stopped. */
  state(dataRoot: string, plan: string): Promise<State>;
}
