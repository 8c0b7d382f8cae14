/**
 * The published schema of a tool: one flat object that every model API and client accepts. No oneOf, anyOf, allOf, $ref,
 * const or list of types at any level; the strict rules of each action are checked behind it.
 */
import * as z from 'zod';
import type { Tool } from '../define.ts';

/** The part of JSON Schema that is published. */
export interface PublishedSchema {
  type?: string;
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
    for (const [key, schema] of Object.entries(action.schema.shape)) {
      const published = publishParam(schema);
      const known = properties[key];
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(published)) {
        throw new TypeError(`${tool.name} ${name}: "${key}" has another type in an earlier action.`);
      }
      properties[key] = published;
    }
  }
  return { type: 'object', properties, required: ['action'] };
}

/**
 * One parameter as it is published, read off zod's own definitions: zod's converter would take 40 ms of every start.
 * Every character costs every session, so bounds are left out, closed sets are published at the top level only, and objects
 * inside objects without their properties: what is wrong there, validation says.
 */
export function publishParam(schema: z.core.$ZodType, depth = 0): PublishedSchema {
  const description = z.globalRegistry.get(schema)?.description;
  const published = shapeOf((schema as z.core.$ZodTypes)._zod.def, depth);
  return description === undefined ? published : { ...published, description };
}

function shapeOf(def: z.core.$ZodTypes['_zod']['def'], depth: number): PublishedSchema {
  const inner = (schema: z.core.$ZodType) => publishParam(schema, depth);
  switch (def.type) {
    case 'string':
    case 'boolean':
      return { type: def.type };
    case 'number':
      return { type: 'format' in def && def.format === 'safeint' ? 'integer' : 'number' };
    case 'enum':
      return { type: 'string', ...(depth === 0 ? { enum: Object.values(def.entries) } : {}) };
    case 'literal':
      return { type: typeof def.values[0] };
    case 'array':
      return { type: 'array', items: inner(def.element) };
    case 'record':
      return { type: 'object', properties: {} };
    case 'object':
      return objectOf(def.shape, depth);
    case 'optional':
    case 'nullable':
      return inner(def.innerType);
    case 'union':
      return inner(def.options[0] as z.core.$ZodType);
    case 'pipe':
      return inner(def.out);
    default:
      throw new TypeError(`A parameter of type ${def.type} cannot be published.`);
  }
}

function objectOf(shape: z.core.$ZodShape, depth: number): PublishedSchema {
  const entries = depth > 0 ? [] : Object.entries(shape);
  const required = entries.filter(([, schema]) => schema._zod.optin === undefined).map(([key]) => key);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([key, schema]) => [key, publishParam(schema, depth + 1)])),
    ...(required.length > 0 ? { required } : {}),
  };
}
