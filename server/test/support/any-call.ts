/** Any call of any action, as fast-check can make and shrink it: from almost valid to nonsense. */
import fc from 'fast-check';
import { isOptional, type PublishedSchema, publishParam } from '../../src/catalog/derive/schema.ts';
import { TOOLS } from '../../src/catalog/tools.ts';
import { ID_PREFIXES } from '../../src/domain/ids.ts';

/** Stands for an id that is known when the call is made: the n-th of its kind, or of any kind. */
interface IdChoice {
  $id: number;
  kind: string | null;
}

export interface AnyCall {
  tool: string;
  /** Arguments with `IdChoice` in place of ids. */
  args: Record<string, unknown>;
}

const TEXT = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', ' ', 'null', '0', '-1', '{}', '[]', '/', '..', '*', '#1', '__proto__', "'; DROP TABLE plans; --"),
  fc.constantFrom('2026-01-31', '2026-01-31T08:00:00Z', '/projects/fuzz', '**/*.ts', 'feature', 'user'),
  fc.nat(5_000).map((length) => 'x'.repeat(length)),
);

const KINDS: Record<string, string> = {
  parent_workspace_id: 'workspace',
  target_session_id: 'session',
  to_phase_id: 'phase',
  move_steps_to: 'phase',
  context_id: 'context',
  script_id: 'buildScript',
  source_plan_id: 'plan',
  created_by_plan: 'plan',
};

/** The kind of id that a parameter of this name mostly takes; undefined for one that takes none. */
export function kindOf(name: string): string | null | undefined {
  if (name === 'request_id') return undefined;
  if (/^(id|parent_id|source_id|target_id)$/.test(name)) return null;
  const kind = KINDS[name] ?? /^(\w+?)_ids?$/.exec(name)?.[1];
  return kind ?? (name === 'order' || name === 'depends_on' ? null : undefined);
}

function anId(kind: string | null): fc.Arbitrary<unknown> {
  const choice = (of: string | null) => fc.nat(30).map((n): IdChoice => ({ $id: n, kind: of }));
  return fc.oneof(
    { weight: 8, arbitrary: choice(kind) },
    { weight: 1, arbitrary: choice(null) },
    { weight: 1, arbitrary: TEXT },
  );
}

/** A value of the published type. */
function aValue(name: string, schema: PublishedSchema): fc.Arbitrary<unknown> {
  const kind = kindOf(name);
  switch (schema.type) {
    case 'string':
      if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
      return kind === undefined ? TEXT : anId(kind);
    case 'integer':
      return fc.oneof(fc.integer({ min: -2, max: 12 }), fc.constantFrom(2 ** 31, 2 ** 53, 1e300));
    case 'number':
      return fc.oneof(fc.double({ min: -1, max: 2, noNaN: true }), fc.integer());
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(schema.items === undefined ? NONSENSE : aValue(name, schema.items), { maxLength: 4 });
    default:
      return anObject(schema.properties ?? {});
  }
}

function anObject(properties: Readonly<Record<string, PublishedSchema>>): fc.Arbitrary<unknown> {
  const known = Object.entries(properties).map(([name, schema]) => [
    name,
    fc.option(aValue(name, schema), { nil: undefined }),
  ]);
  return fc.oneof(fc.record(Object.fromEntries(known)), fc.dictionary(TEXT, NONSENSE, { maxKeys: 4 }));
}

const NONSENSE: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  TEXT,
  fc.constantFrom(null, true, [[]], {}),
);

/** An action's arguments: each of them mostly there and of its type. */
function argsOf(
  action: string,
  shape: Readonly<Record<string, Parameters<typeof publishParam>[0]>>,
): fc.Arbitrary<Record<string, unknown>> {
  const named = Object.entries(shape).map(([name, schema]) => {
    const required = !isOptional(schema);
    const value = fc.oneof(
      { weight: 12, arbitrary: aValue(name, publishParam(schema)) },
      { weight: 1, arbitrary: NONSENSE },
    );
    return [name, fc.option(value, { nil: undefined, freq: required ? 15 : 1 })];
  });
  const valid = fc.record({ action: fc.constant(action), ...Object.fromEntries(named) });
  const stray = fc.dictionary(fc.oneof(TEXT, fc.constantFrom('planId', 'stepid', 'sessionId')), NONSENSE, {
    maxKeys: 2,
  });
  return fc
    .tuple(fc.oneof({ weight: 9, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: stray }), valid)
    .map(([extra, args]) => ({ ...extra, ...args }));
}

/** One parameter of a valid call, by its place, and what comes in its stead: nothing, or a value of any kind. */
export interface Change {
  place: number;
  value: unknown;
}

export const ANY_CHANGE: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(20),
  value: fc.oneof(fc.constant(undefined), NONSENSE, anId(null), fc.integer({ min: -2, max: 12 })),
});

/** Every action comes up equally often; now and then a call has another action, or none. */
export const ANY_CALL: fc.Arbitrary<AnyCall> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.oneof(
      ...TOOLS.flatMap((tool) =>
        Object.entries(tool.actions).map(([name, action]) =>
          argsOf(name, action.shape).map((args) => ({ tool: tool.name, args })),
        ),
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      tool: fc.constantFrom(...TOOLS.map(({ name }) => name)),
      args: fc.dictionary(fc.oneof(fc.constant('action'), TEXT), NONSENSE, { maxKeys: 3 }),
    }),
  },
);

const PREFIXES: Readonly<Record<string, string>> = ID_PREFIXES;

/** The arguments with ids from those that are known. */
export function withIds(value: unknown, known: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => withIds(item, known));
  if (typeof value !== 'object' || value === null) return value;
  if ('$id' in value && 'kind' in value) {
    const { $id, kind } = value as IdChoice;
    const fitting = kind === null ? known : known.filter((id) => id.startsWith(`${PREFIXES[kind]}_`));
    return fitting.at(-1 - ($id % Math.max(fitting.length, 1))) ?? 'nobody_000000000000';
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withIds(inner, known)]));
}
