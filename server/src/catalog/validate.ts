/** From what a client sent to a checked call. What is refused is explained so that the next try succeeds. */
import { closest, distance } from 'fastest-levenshtein';
import * as z from 'zod';
import { MemoryError } from '../domain/errors.ts';
import type { Action, Bound, Tool } from './define.ts';
import { isOptional } from './derive/schema.ts';
import { signatureOf } from './derive/signature.ts';
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
  const result = action.bind(withoutEmpty(params, action.shape));
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

/** Some clients fill optional parameters with null or "": where those are not values, they count as absent. */
function withoutEmpty(params: Input, shape: z.ZodRawShape): Input {
  return Object.fromEntries(
    Object.entries(params).filter(([key, value]) => {
      const param = Object.hasOwn(shape, key) ? shape[key] : undefined;
      if ((value !== null && value !== '') || param === undefined) return true;
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
      const near = issue.path.length === 0 ? nearest(key.slice(0, 100), Object.keys(action.shape)) : undefined;
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

/** The name that was probably meant: the same but for case and underscores, or with few letters changed. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[_-]/g, '');
  const same = known.find((candidate) => plain(candidate) === plain(name));
  if (same !== undefined || known.length === 0) return same;
  const candidate = closest(name, [...known]);
  return distance(name, candidate) <= Math.max(2, Math.floor(name.length / 3)) ? candidate : undefined;
}
