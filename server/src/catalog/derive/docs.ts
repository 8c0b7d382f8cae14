/** The reference page of the tools, docs/tools.md. */
import type * as z from 'zod';
import type { Action, Tool } from '../define.ts';
import { publishParam } from './schema.ts';
import { signatureOf } from './signature.ts';

export function toolsPage(tools: readonly Tool[]): string {
  return `${[INTRODUCTION, ...tools.map(toolSection)].join('\n\n')}\n`;
}

const INTRODUCTION = `# The tools

This page is generated from the definitions in \`server/src/catalog/\`: do not edit it, run \`npm run docs -w server\`.

Every call is an object with an \`action\` and that action's parameters. On the command line the same action is
\`project-memory <tool without memory_> <action> --parameter value\`, with hyphens for underscores.

- **W** stands for \`workspace_id\` or \`workspace_path\`. Both may be left out where the server was started inside a registered
  workspace, or where only one workspace exists.
- Every action takes \`session_id\`: who does it. Every read takes \`detail\`: \`concise\` (the default) or \`full\` (JSON). Every
  write takes \`request_id\`: the same id with the same arguments gives the same answer again without a second effect.
- A list takes \`limit\` and \`cursor\`. Long text comes in pieces; \`cursor\` fetches the next one.
- Actions marked • are published with \`--tools core\`; \`--read-only\` publishes reads alone.`;

function toolSection(tool: Tool): string {
  const hints = Object.entries(tool.annotations).map(([name, value]) => `${name}: ${value}`);
  const actions = Object.entries(tool.actions).map(([name, action]) => actionSection(tool, name, action));
  return [`## ${tool.name}`, `${tool.summary}  \n${hints.join(', ')}`, ...actions].join('\n\n');
}

function actionSection(tool: Tool, name: string, action: Action): string {
  const own = Object.entries(action.schema.shape).filter(([key]) => !UNEXPLAINED.has(key));
  const params = own.map(([key, schema]) => paramLine(key, schema as z.ZodType));
  const example = JSON.stringify({ action: name, ...action.example });
  return [
    `### ${name}${action.core ? ' •' : ''}`,
    `\`${signatureOf(name, action)}\` · ${action.effect}  \n${action.summary}`,
    ...(params.length === 0 ? [] : [params.join('\n')]),
    `\`\`\`\n${tool.name} ${example}\n\`\`\``,
  ].join('\n\n');
}

const UNEXPLAINED = new Set([
  'session_id',
  'detail',
  'request_id',
  'limit',
  'cursor',
  'workspace_id',
  'workspace_path',
]);

function paramLine(name: string, schema: z.ZodType): string {
  const { type, items, enum: values, description } = publishParam(schema);
  const kind =
    values === undefined ? [type, ...(items === undefined ? [] : ['of', items.type])].join(' ') : values.join(' | ');
  const need = schema.safeParse(undefined).success ? '' : ', required';
  return `- \`${name}\`: ${kind}${need}${description === undefined ? '' : ` – ${description}`}`;
}
