/**
 * The published schema of a tool: one flat object that every model API and client accepts. No oneOf, anyOf, allOf, $ref,
 * const or list of types at any level; the strict rules of each action are checked behind it.
 */
import * as z from 'zod';
import { COMMON_PARAMS, type Tool } from '../define.ts';

/** The part of JSON Schema that is published. */
export interface PublishedSchema {
  type: string;
  description?: string;
  enum?: readonly unknown[];
  items?: PublishedSchema;
  properties?: Record<string, PublishedSchema>;
  required?: string[];
}

export interface PublishedInput extends PublishedSchema {
  type: 'object';
  properties: Record<string, PublishedSchema>;
  required: string[];
}

/** The input schema of a tool. @throws when two of its actions give one name two types: that is a fault of the catalog. */
export function publishedSchema(tool: Tool): PublishedInput {
  const properties: Record<string, PublishedSchema> = {
    action: { type: 'string', enum: Object.keys(tool.actions) },
  };
  for (const [name, action] of Object.entries(tool.actions)) {
    for (const [key, schema] of Object.entries(action.shape)) {
      const common = COMMON_PARAMS.includes(key);
      if (tool.brief && (isRare(schema) || (common && key !== 'session_id'))) continue;
      const { type, ...rest } = publishParam(schema);
      // The instructions say what the common ones take.
      const published = common ? { type } : { type, ...rest, ...saidDefault(schema) };
      const known = properties[key];
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(published)) {
        throw new TypeError(`${tool.name} ${name}: "${key}" has another type in an earlier action.`);
      }
      properties[key] = published;
    }
  }
  return { type: 'object', properties, required: ['action'] };
}

/** Some clients refuse the keyword `default`: it is said in words. */
function saidDefault(schema: z.core.$ZodType): { description?: string } {
  const value = defaultOf(schema);
  if (value === undefined) return {};
  const description = metaOf(schema).description;
  return { description: [description, `default ${JSON.stringify(value)}`].filter(Boolean).join('; ') };
}

/** Whether a call may leave a parameter out. */
export function isOptional(schema: z.core.$ZodType): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'optional' || def.type === 'default') return true;
  if (def.type === 'nullable') return isOptional(def.innerType);
  return def.type === 'pipe' && isOptional(def.out);
}

/** The keys of the object at a place in these parameters, such as `phases.0.steps.2`; none where there is no object. */
export function keysAt(shape: z.core.$ZodShape, path: readonly PropertyKey[]): string[] {
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(shape);
  const param = shape[String(key)];
  const inner = param === undefined ? null : itemShape(param);
  return inner === null ? [] : keysAt(inner, typeof rest[0] === 'number' ? rest.slice(1) : rest);
}

/** The shape of an object, or of the objects in a list. */
function itemShape(schema: z.core.$ZodType): z.core.$ZodShape | null {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'object') return def.shape;
  if (def.type === 'array') return itemShape(def.element);
  return def.type === 'optional' || def.type === 'nullable' || def.type === 'default' ? itemShape(def.innerType) : null;
}

/** The value of a parameter that is left out; undefined where it has none then. */
export function defaultOf(schema: z.core.$ZodType): unknown {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'default' ? def.defaultValue : undefined;
}

const metas = new WeakMap<z.core.$ZodType, Meta>();
type Meta = NonNullable<ReturnType<typeof z.globalRegistry.get>>;

/** What is said of a parameter. Zod puts it together from all that a schema was made of, at each call. */
function metaOf(schema: z.core.$ZodType): Meta {
  const known = metas.get(schema);
  if (known !== undefined) return known;
  const meta = z.globalRegistry.get(schema) ?? {};
  metas.set(schema, meta);
  return meta;
}

/** Whether a parameter is left out where every character counts. */
export function isRare(schema: z.core.$ZodType): boolean {
  return metaOf(schema)['rare'] === true;
}

/** Whether a parameter is a directory. */
export function isDirectory(schema: z.core.$ZodType): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'optional' ? isDirectory(def.innerType) : metaOf(schema)['directory'] === true;
}

/**
 * One parameter as it is published, read off zod's own definitions: zod's converter would take 40 ms of every start.
 * Every character costs every session, so what stands inside a list or an object is published in short: closed sets as plain
 * text, of the items of a list their texts and lists, of an object its name, and nothing of a list that is described in
 * words. What is wrong there, validation says.
 */
export function publishParam(schema: z.core.$ZodType, inside: Inside = 'call'): PublishedSchema {
  const description = metaOf(schema).description;
  const published = shapeOf((schema as z.core.$ZodTypes)._zod.def, inside);
  if (description === undefined) return published;
  const spelt = published.items?.type === 'object' ? { items: { type: 'object', properties: {} } } : {};
  return { ...published, ...spelt, description };
}

/** How long a text parameter may be; null for other kinds, and where no bound is given. */
export function longestText(schema: z.core.$ZodType): number | null {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'optional' || def.type === 'nullable' || def.type === 'default') return longestText(def.innerType);
  return schema instanceof z.ZodString ? schema.maxLength : null;
}

type Inside = 'call' | 'list' | 'item';

function shapeOf(def: z.core.$ZodTypes['_zod']['def'], inside: Inside): PublishedSchema {
  switch (def.type) {
    case 'string':
    case 'boolean':
      return { type: def.type };
    case 'number':
      return { type: 'format' in def && def.format === 'safeint' ? 'integer' : 'number' };
    case 'enum':
      return { type: 'string', ...(inside === 'call' ? { enum: Object.values(def.entries) } : {}) };
    case 'literal':
      return { type: typeof def.values[0] };
    case 'array':
      return { type: 'array', items: publishParam(def.element, inside === 'call' ? 'list' : 'item') };
    case 'record':
      return { type: 'object', properties: {} };
    case 'object':
      return { type: 'object', ...(inside === 'list' ? itemOf(def.shape) : { properties: {} }) };
    case 'optional':
    case 'nullable':
    case 'default':
      return publishParam(def.innerType, inside);
    case 'union':
      return publishParam(def.options[0] as z.core.$ZodType, inside);
    case 'pipe':
      return publishParam(def.out, inside);
    default:
      throw new TypeError(`A parameter of type ${def.type} cannot be published.`);
  }
}

/** An item of a list of objects: what it mostly says is text. */
function itemOf(shape: z.core.$ZodShape): Pick<PublishedSchema, 'properties' | 'required'> {
  const entries = Object.entries(shape).map(([key, schema]) => ({
    key,
    schema,
    published: publishParam(schema, 'item'),
  }));
  const shown = entries.filter(({ published }) => published.type === 'string' || published.type === 'array');
  const required = shown.filter(({ schema }) => !isOptional(schema)).map(({ key }) => key);
  return {
    properties: Object.fromEntries(shown.map(({ key, published }) => [key, published])),
    ...(required.length > 0 ? { required } : {}),
  };
}
