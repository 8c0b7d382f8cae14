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
  enum?: unknown[];
  items?: PublishedSchema;
  properties?: Record<string, PublishedSchema>;
  required?: string[];
  minimum?: number;
  maximum?: number;
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
      const published = publishParam(schema as z.ZodType);
      const known = properties[key];
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(published)) {
        throw new TypeError(`${tool.name} ${name}: "${key}" has another type in an earlier action.`);
      }
      properties[key] = published;
    }
  }
  return { type: 'object', properties, required: ['action'] };
}

/** One parameter as it is published. */
export function publishParam(schema: z.ZodType): PublishedSchema {
  return simplified(z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }));
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * Keeps what is portable; a union with null, or of formats of one type, becomes that type. Every character costs every
 * session, so closed sets are published at the top level only, and objects inside objects without their properties: what is
 * wrong there, validation says.
 */
function simplified(schema: JsonSchema, depth = 0): PublishedSchema {
  const choice = schema.anyOf?.find((option) => (option as JsonSchema).type !== 'null') as JsonSchema | undefined;
  if (choice !== undefined) return { ...simplified(choice, depth), ...described(schema) };
  const published: PublishedSchema = {};
  if (typeof schema.type === 'string') published.type = schema.type;
  if (schema.const !== undefined) published.type = typeof schema.const;
  Object.assign(published, described(schema));
  if (schema.enum !== undefined && depth === 0) published.enum = schema.enum;
  if (schema.type === 'array') published.items = simplified((schema.items ?? {}) as JsonSchema, depth);
  if (schema.type === 'object') {
    const properties = depth > 0 ? [] : Object.entries(schema.properties ?? {});
    published.properties = Object.fromEntries(
      properties.map(([key, inner]) => [key, simplified(inner as JsonSchema, depth + 1)]),
    );
    if (properties.length > 0 && (schema.required ?? []).length > 0) published.required = schema.required ?? [];
  }
  return published;
}

function described({ description }: JsonSchema): Pick<PublishedSchema, 'description'> {
  return description === undefined ? {} : { description };
}
