/** What the agents were told, and what of it is not so. */
import type { Held, State } from './adapter.ts';

/** A call: when it first went out, and when it was answered. What it did, it did in between. */
export interface Span {
  sent: number;
  answered: number;
}

/** A step was given to an agent. */
interface Grant extends Held, Span {
  agent: string;
  /** The calls that kept this claim alive. */
  lives: Span[];
  /** When the agent was told that it had finished or lost the step. */
  over: number;
}

/** What must be zero, by name. */
export interface Faults {
  'acknowledged writes lost': number;
  'steps finished twice': number;
  'unexpired claims at once': number;
  'duplicate effects of repeated calls': number;
  'different answers to one request': number;
  cycles: number;
  'errors at the callers': number;
  'storage faults': number;
}

export class Ledger {
  readonly #grants = new Map<string, Grant[]>();
  readonly #finished = new Map<string, number>();
  readonly #notes: string[] = [];
  readonly #edges: string[] = [];
  readonly steps: string[] = [];
  readonly latencies: number[] = [];
  readonly errors = new Map<string, number>();
  /** Late calls that were refused, as they must be. */
  refused = 0;
  repeated = 0;
  differing = 0;
  readonly overlaps: string[] = [];
  readonly #clockPuts: number[] = [];

  clockPut(): void {
    this.#clockPuts.push(performance.now());
  }

  granted(agent: string, held: Held, span: Span): void {
    const grant = { ...held, ...span, agent, lives: [span], over: Number.POSITIVE_INFINITY };
    this.#grants.set(held.step, [...(this.#grants.get(held.step) ?? []), grant]);
  }

  /** A call of the agent was answered: it lives, and so does its claim. */
  alive(agent: string, held: Held | null, span: Span): void {
    if (held !== null) this.#grantOf(agent, held.step)?.lives.push(span);
  }

  /** The agent knows that it no longer holds the step. */
  ended(agent: string, step: string): void {
    const grant = this.#grantOf(agent, step);
    if (grant !== undefined) grant.over = performance.now();
  }

  #grantOf(agent: string, step: string): Grant | undefined {
    return this.#grants.get(step)?.findLast((grant) => grant.agent === agent);
  }

  finished(step: string): void {
    this.#finished.set(step, (this.#finished.get(step) ?? 0) + 1);
  }

  noted(text: string): void {
    this.#notes.push(text);
  }

  linked(source: string, target: string): void {
    this.#edges.push(`${source} ${target}`);
  }

  failed(error: unknown): void {
    const text = String(error).slice(0, 200);
    this.errors.set(text, (this.errors.get(text) ?? 0) + 1);
  }

  get acknowledged(): number {
    return this.#notes.length + this.#edges.length + this.steps.length + this.finishedSteps + this.grants;
  }

  get finishedSteps(): number {
    return [...this.#finished.values()].reduce((sum, times) => sum + times, 0);
  }

  get grants(): number {
    return [...this.#grants.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Compares what was acknowledged with what is there. */
  compare(state: State, leaseSeconds: number | null): Faults {
    const notes = counted(state.notes);
    const edges = new Set(state.edges.map((edge) => edge.join(' ')));
    return {
      'acknowledged writes lost':
        this.#notes.filter((text) => !notes.has(text)).length +
        this.#edges.filter((edge) => !edges.has(edge)).length +
        this.steps.filter((step) => !state.steps.has(step)).length +
        [...this.#finished.keys()].filter((step) => (state.steps.get(step) ?? 0) === 0).length,
      'steps finished twice':
        [...this.#finished.values()].filter((times) => times > 1).length +
        [...state.steps.values()].filter((times) => times > 1).length,
      'unexpired claims at once': this.#findOverlaps(leaseSeconds),
      'duplicate effects of repeated calls': [...notes.values()].filter((times) => times > 1).length,
      'different answers to one request': this.differing,
      cycles: hasCycle(state.edges) ? 1 : 0,
      'errors at the callers': [...this.errors.values()].reduce((sum, times) => sum + times, 0),
      'storage faults': state.integrity === 'ok' ? 0 : 1,
    };
  }

  /** A step was given to somebody while the one before still held it: had not let go, and its lease cannot have run out. */
  #findOverlaps(leaseSeconds: number | null): number {
    const lease = leaseSeconds === null ? Number.POSITIVE_INFINITY : leaseSeconds * 1000;
    for (const grants of this.#grants.values()) {
      const inOrder = [...grants].sort((a, b) => (a.claim ?? 0) - (b.claim ?? 0) || a.answered - b.answered);
      for (const [place, grant] of inOrder.entries()) {
        const before = inOrder[place - 1];
        if (before === undefined || before.agent === grant.agent) continue;
        // Only what was answered before the other asked has surely happened before it.
        const life = before.lives.findLast(({ answered }) => answered <= grant.sent);
        if (life === undefined || grant.answered >= Math.min(before.over, life.sent + lease)) continue;
        const put = this.#clockPuts.findLast((time) => time < grant.answered) ?? Number.NEGATIVE_INFINITY;
        const since = (time: number) => `${Math.round(grant.answered - time)} ms before`;
        this.overlaps.push(
          `${grant.step}, claim ${grant.claim}: asked for ${since(grant.sent)}, last sign of life of the holder ${since(life.sent)}, clock put ${since(put)}`,
        );
      }
    }
    return this.overlaps.length;
  }
}

function counted(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** Takes away, again and again, what waits for nothing; a cycle is what cannot be taken away. */
function hasCycle(edges: readonly (readonly [string, string])[]): boolean {
  let left = edges;
  for (;;) {
    const sources = new Set(left.map(([source]) => source));
    const kept = left.filter(([, target]) => sources.has(target));
    if (kept.length === left.length) return kept.length > 0;
    left = kept;
  }
}
