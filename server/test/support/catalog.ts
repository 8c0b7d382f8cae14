/** What the catalog says of a call. */
import type { Action } from '../../src/catalog/define.ts';
import { isOptional } from '../../src/catalog/derive/schema.ts';
import { TOOLS } from '../../src/catalog/tools.ts';
import type { NamedCall } from './calls.ts';

export function actionOf({ tool, action }: Pick<NamedCall, 'tool' | 'action'>): Action {
  const found = TOOLS.find(({ name }) => name === `memory_${tool}`)?.actions[action];
  if (found === undefined) throw new Error(`The catalog has no ${tool} ${action}.`);
  return found;
}

/** The parameters that an action cannot do without. */
export function requiredOf(call: NamedCall): string[] {
  return Object.entries(actionOf(call).shape).flatMap(([name, schema]) => (isOptional(schema) ? [] : [name]));
}

/** No reply is longer. */
export const HIGHEST_REPLY = 24_000;

const LIMITS: Record<string, number> = { next: 1_500, claim: 1_500, import: 1_000, merge: 1_000, init: HIGHEST_REPLY };

/** How long the reply to a write may be. */
export function replyLimit(action: string): number {
  return LIMITS[action] ?? 400;
}
