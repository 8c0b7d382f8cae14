/** Times two ways of doing the same work in turn, so that the machine's moods hit both alike. */
import { hrtime } from 'node:process';

export interface Figures {
  p50_us: number;
  p99_us: number;
}

export interface Comparison {
  name: string;
  runs: number;
  ours: Figures;
  bare: Figures;
  /** Ours to bare, at p50. */
  ratio: number;
}

export interface Case {
  name: string;
  runs: number;
  /** The data function. */
  ours: (run: number) => void;
  /** The same work as bare prepared statements. */
  bare: (run: number) => void;
}

const WARM_UP = 200;

export function compare({ name, runs, ours, bare }: Case): Comparison {
  const warmUp = Math.min(WARM_UP, Math.floor(runs / 10));
  const times = { ours: new Float64Array(runs - warmUp), bare: new Float64Array(runs - warmUp) };
  for (let run = 0; run < runs; run++) {
    // The second one finds the pages in the processor's caches, so they take turns.
    const order = run % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const);
    for (const side of order) {
      const time = timed(side === 'ours' ? ours : bare, run);
      if (run >= warmUp) times[side][run - warmUp] = time;
    }
  }
  return comparisonOf(name, times);
}

/** The figures of measured times, in microseconds. */
export function comparisonOf(name: string, times: Record<'ours' | 'bare', Float64Array>): Comparison {
  const figures = { ours: figuresOf(times.ours), bare: figuresOf(times.bare) };
  return { name, runs: times.ours.length, ...figures, ratio: figures.ours.p50_us / figures.bare.p50_us };
}

function timed(work: (run: number) => void, run: number): number {
  const start = hrtime.bigint();
  work(run);
  return Number(hrtime.bigint() - start) / 1000;
}

export function figuresOf(times: Float64Array): Figures {
  times.sort();
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { p50_us: at(0.5), p99_us: at(0.99) };
}
