/** From what a client sent to a checked call. What is refused is explained so that the next try succeeds. */
import * as z from 'zod';
import { MemoryError } from '../domain/errors.ts';
import { type Action, type Bound, COMMON_PARAMS, type Tool } from './define.ts';
import { isOptional, keysAt } from './derive/schema.ts';
import { signatureOf } from './derive/signature.ts';
import { nearest } from './nearest.ts';
import { findUnstorable } from './storable.ts';
import { TOOLS } from './tools.ts';

type Input = Readonly<Record<string, unknown>>;

export interface CheckedCall {
  name: string;
  action: Action;
  bound: Bound;
}

/** How a call is written where it comes from. */
export type WriteCall = (tool: string, call: { action: string }) => string;

const asToolCall: WriteCall = (tool, call) => `${tool} ${JSON.stringify(call)}`;

/** @throws invalid_input: no such action, or parameters that do not fit it. */
export function checkCall(
  tools: readonly Tool[],
  tool: Tool,
  input: unknown,
  written: WriteCall = asToolCall,
): CheckedCall {
  const { action: name, ...params } = plainObject(input);
  if (typeof name !== 'string' || !Object.hasOwn(tool.actions, name)) throw unknownAction(tools, tool, name, written);
  const action = tool.actions[name] as Action;
  refuseUnstorable(params);
  const result = action.bind(withoutEmpty(params, action.shape, changesRows(name)));
  if (result.ok) return { name, action, bound: result.bound };
  const faults = [...new Set(result.issues.flatMap((issue) => explain(issue, action)))];
  throw new MemoryError('invalid_input', `${faults.slice(0, 5).join('; ')}.`, {
    hint: usage(tool.name, name, action, written),
  });
}

/** Signature and a valid example of an action. */
function usage(tool: string, name: string, action: Action, written: WriteCall): string {
  return `Signature: ${signatureOf(name, action)}. Example: ${written(tool, { action: name, ...action.example })}`;
}

function plainObject(input: unknown): Input {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return { ...input };
  throw new MemoryError('invalid_input', 'A call is an object with an "action".', {
    hint: 'Send {"action": "…", …}.',
  });
}

function unknownAction(tools: readonly Tool[], tool: Tool, name: unknown, written: WriteCall): MemoryError {
  const known = Object.keys(tool.actions);
  if (typeof name !== 'string' || name === '') {
    return new MemoryError('invalid_input', `${tool.name} needs an "action".`, {
      hint: `Actions: ${known.join(', ')}.`,
    });
  }
  const shown = name.slice(0, 100);
  if (Object.hasOwn(TOOLS.find((all) => all.name === tool.name)?.actions ?? {}, name)) {
    return new MemoryError('invalid_input', `${tool.name} ${shown} is not offered by this server.`, {
      hint: `It was started with --tools core or --read-only. Actions here: ${known.join(', ')}.`,
    });
  }
  const owner = tools.find((other) => Object.hasOwn(other.actions, name));
  if (owner !== undefined) {
    return new MemoryError('invalid_input', `"${shown}" is an action of ${owner.name}, not of ${tool.name}.`, {
      hint: usage(owner.name, name, owner.actions[name] as Action, written),
    });
  }
  const near = nearest(shown, known);
  return new MemoryError('invalid_input', `${tool.name} has no action "${shown}".`, {
    hint: `${near === undefined ? '' : `Did you mean "${near}"? `}Actions: ${known.join(', ')}.`,
  });
}

/** Where null or "" would say that a value is to be cleared. */
function changesRows(action: string): boolean {
  return action.startsWith('update');
}

/**
 * Some clients fill optional parameters with null or "": where those are not values, they count as absent, but not where they
 * ask for what cannot be done.
 */
function withoutEmpty(params: Input, shape: z.ZodRawShape, changing: boolean): Input {
  return Object.fromEntries(
    Object.entries(params).filter(([key, value]) => {
      const param = Object.hasOwn(shape, key) ? shape[key] : undefined;
      if ((value !== null && value !== '') || param === undefined) return true;
      if (changing && !COMMON_PARAMS.includes(key)) return true;
      return z.safeParse(param, value).success || !isOptional(param);
    }),
  );
}

/** @throws invalid_input */
function refuseUnstorable(params: Input): void {
  const found = findUnstorable(params);
  if (found === null) return;
  const what = found.path.length === 0 ? 'The call' : `"${found.path.join('.').slice(0, 200)}"`;
  throw new MemoryError('invalid_input', `${what} ${found.fault}.`, {
    hint: 'Change that and send the call again; nothing was written.',
  });
}

function explain(issue: z.core.$ZodIssue, action: Action): string[] {
  const name = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, 3).map((key) => {
      const near = nearest(key.slice(0, 100), keysAt(action.shape, issue.path));
      const where = name === '' ? '' : ` in "${name}"`;
      return `unknown parameter "${key.slice(0, 100)}"${where}${near === undefined ? '' : ` (did you mean "${near}"?)`}`;
    });
  }
  const message = `${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1, 300)}`;
  if (issue.input !== undefined) return [`"${name}": ${message}`];
  return [
    `"${name}" is missing${issue.code === 'invalid_value' ? `: ${message.replace(/^invalid option: /, '')}` : ''}`,
  ];
}
