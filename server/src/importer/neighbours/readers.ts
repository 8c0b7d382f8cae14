/** The readers of neighbouring tools, each by the name that `--from` takes. */
import type { Format } from '../formats.ts';
import { backlog } from './backlog.ts';
import { beads } from './beads.ts';
import { memory } from './memory.ts';
import type { NeighbourReader } from './outline.ts';
import { taskmaster } from './taskmaster.ts';

export const READERS: Readonly<Record<Exclude<Format, 'legacy'>, NeighbourReader>> = {
  taskmaster,
  backlog,
  beads,
  memory,
};
