/** The reference page of the tools, docs/tools.md. */
import type { CatalogAction, CatalogParam, CatalogTool } from '../../domain/tool-catalog.ts';
import { COMMON_PARAMS, type Tool } from '../define.ts';
import { W } from '../params.ts';
import { catalogRows } from './rows.ts';

export function toolsPage(tools: readonly Tool[]): string {
  return `${[INTRODUCTION, ...catalogRows(tools).map(toolSection)].join('\n\n')}\n`;
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

function toolSection({ name, description, annotations, actions }: CatalogTool): string {
  const hints = Object.entries(annotations).map(([hint, value]) => `${hint}: ${value}`);
  const sections = actions.map((action) => actionSection(name, action));
  return [`## ${name}`, `${description}  \n${hints.join(', ')}`, ...sections].join('\n\n');
}

function actionSection(tool: string, action: CatalogAction): string {
  const params = action.params.filter(({ name }) => !UNEXPLAINED.has(name)).map(paramLine);
  return [
    `### ${action.name}${action.core ? ' •' : ''}`,
    `\`${action.signature}\` · ${action.effect}  \n${action.description}`,
    ...(params.length === 0 ? [] : [params.join('\n')]),
    `\`\`\`\n${tool} ${JSON.stringify(action.example)}\n\`\`\``,
  ].join('\n\n');
}

/** What the introduction says once for all. */
const UNEXPLAINED = new Set([...COMMON_PARAMS, ...Object.keys(W)]);

function paramLine({ name, type, enum_values, required, default_value, description }: CatalogParam): string {
  const kind = enum_values?.join(' | ') ?? type;
  const need = required ? ', required' : '';
  const standard = default_value === undefined ? '' : `, default ${JSON.stringify(default_value)}`;
  return `- \`${name}\`: ${kind}${need}${standard}${description === null ? '' : ` – ${description}`}`;
}
