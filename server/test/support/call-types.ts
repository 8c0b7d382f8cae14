import type { Args } from './memory.ts';
import type { World } from './world.ts';

/** Makes what the call needs beside the world, and answers its parameters. */
export type Call = (world: World) => Args | Promise<Args>;
export type Calls = Record<string, Call>;
