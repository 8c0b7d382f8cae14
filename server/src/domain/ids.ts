/** Ids: a prefix that names the kind, and 60 random bits in 12 characters, so that a prompt stays short. */
import { nodeCrypto } from './node-crypto.ts';

/** Lower-case Crockford base32: no i, l, o, u. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 12;

/** Kind of thing → prefix of its ids. */
export const ID_PREFIXES = {
  workspace: 'ws',
  workspacePath: 'path',
  program: 'prog',
  programLink: 'link',
  risk: 'risk',
  plan: 'plan',
  phase: 'phase',
  step: 'step',
  note: 'note',
  session: 'sess',
  lineage: 'lin',
  context: 'ctx',
  contextVersion: 'ctxv',
  research: 'res',
  knowledge: 'know',
  buildScript: 'script',
  dependency: 'dep',
  agent: 'agent',
  instruction: 'instr',
  skill: 'skill',
  updateLog: 'log',
  event: 'evt',
  operation: 'op',
  error: 'err',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

// Random bytes are drawn in blocks: one call per id would cost more than the insert's own work in JavaScript.
const pool = new Uint8Array(4096);
let used = pool.length;

/** A new id of this kind, never given before: `step_7k2m9x0q4d1c`. */
export function newId(kind: IdKind): string {
  if (used + LENGTH > pool.length) {
    nodeCrypto().randomFillSync(pool);
    used = 0;
  }
  let id = `${ID_PREFIXES[kind]}_`;
  for (const byte of pool.subarray(used, used + LENGTH)) id += ALPHABET[byte & 31];
  used += LENGTH;
  return id;
}

/** The id that this text always gives: for imported things that have none of their own. */
export function idFrom(kind: IdKind, seed: string): string {
  let id = `${ID_PREFIXES[kind]}_`;
  for (const byte of nodeCrypto().hash('sha256', seed, 'buffer').subarray(0, LENGTH)) id += ALPHABET[byte & 31];
  return id;
}
