/** What an import can read. */
export const FORMATS = ['legacy', 'taskmaster', 'backlog', 'beads', 'memory'] as const;

export type Format = (typeof FORMATS)[number];
