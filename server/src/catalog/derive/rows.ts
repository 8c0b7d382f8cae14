/** The tool catalog as rows for the database. */
import type * as z from 'zod';
import type { CatalogAction, CatalogParam, CatalogTool } from '../../domain/tool-catalog.ts';
import type { Action, Tool } from '../define.ts';
import { defaultOf, isOptional, publishParam } from './schema.ts';
import { signatureOf } from './signature.ts';

export function catalogRows(tools: readonly Tool[]): CatalogTool[] {
  return tools.map((tool) => ({
    name: tool.name,
    description: tool.summary,
    annotations: tool.annotations,
    actions: Object.entries(tool.actions).map(([name, action]) => actionRow(name, action)),
  }));
}

function actionRow(name: string, action: Action): CatalogAction {
  return {
    name,
    description: action.summary,
    effect: action.effect,
    core: action.core,
    signature: signatureOf(name, action),
    example: { action: name, ...action.example },
    params: Object.entries(action.shape).map(([key, schema]) =>
      paramRow(key, schema as z.ZodType, action.example[key]),
    ),
  };
}

function paramRow(name: string, schema: z.ZodType, example: unknown): CatalogParam {
  const published = publishParam(schema);
  return {
    name,
    type: published.items === undefined ? published.type : `${published.type} of ${published.items.type}`,
    enum_values: published.enum?.map(String) ?? null,
    required: !isOptional(schema),
    default_value: defaultOf(schema),
    description: published.description ?? null,
    example,
  };
}
