/** What the catalog says of a call. */
import type { Action } from '../../src/catalog/define.ts';
import { TOOLS } from '../../src/catalog/tools.ts';
import type { NamedCall } from './calls.ts';

export function actionOf({ tool, action }: Pick<NamedCall, 'tool' | 'action'>): Action {
  const found = TOOLS.find(({ name }) => name === `memory_${tool}`)?.actions[action];
  if (found === undefined) throw new Error(`The catalog has no ${tool} ${action}.`);
  return found;
}

/** The parameters that an action cannot do without. */
export function requiredOf(call: NamedCall): string[] {
  return Object.entries(actionOf(call).schema.shape).flatMap(([name, schema]) =>
    schema.safeParse(undefined).success ? [] : [name],
  );
}
