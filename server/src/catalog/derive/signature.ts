/** An action as one line: `next(plan_id, agent_type, notes?)`. */
import { type Action, COMMON_PARAMS } from '../define.ts';
import { isOptional, isRare } from './schema.ts';

/** W stands for `workspace_id?, workspace_path?` in every signature. */
const WORKSPACE = ['workspace_id', 'workspace_path'];

/**
 * The signature of an action, `brief` without its rare parameters; those that all actions of its kind share, and it can do
 * without, are left out.
 */
export function signatureOf(name: string, action: Action, brief = false): string {
  const params = Object.entries(action.shape).filter(
    ([key, schema]) => (!COMMON_PARAMS.includes(key) || !isOptional(schema)) && !(brief && isRare(schema)),
  );
  const hasPair = WORKSPACE.every((key) => key in action.shape);
  const words = params.flatMap(([key, schema]) => {
    if (hasPair && WORKSPACE.includes(key)) return key === WORKSPACE[0] ? ['W'] : [];
    return [isOptional(schema) ? `${key}?` : key];
  });
  return `${name}(${words.join(', ')})`;
}
