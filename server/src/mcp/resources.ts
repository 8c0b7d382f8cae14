/** Resources: plans, steps and context items by their address. Each body is the answer of a reading action. */
import { type McpServer, ResourceTemplate, type TextResourceContents } from '@modelcontextprotocol/server';
import { dispatch, type Origin } from '../catalog/dispatch.ts';
import { offerPlans } from '../catalog/offer.ts';
import { oneLine, quoted } from '../catalog/text.ts';
import { selectTools } from '../catalog/tools.ts';
import { notFound } from '../domain/errors.ts';
import { idsOf } from './completions.ts';
import { orProtocolError } from './refusal.ts';

/** All reads, whichever actions the server publishes as tools. */
const READS = selectTools({ readOnly: true });

const KINDS = {
  plan: {
    title: 'Plan',
    description: 'A plan with its phases, unfinished steps, notes, open sessions and last handoff: memory_plan get.',
    tool: 'memory_plan',
    call: (id: string) => ({ action: 'get', plan_id: id }),
  },
  step: {
    title: 'Step',
    description: 'A step with its notes, context, dependencies and claim: memory_steps get.',
    tool: 'memory_steps',
    call: (id: string) => ({ action: 'get', step_id: id }),
  },
  context: {
    title: 'Context item',
    description: 'A context item with all its data, as JSON: memory_query get with detail full.',
    tool: 'memory_query',
    call: (id: string) => ({ action: 'get', id, detail: 'full' }),
  },
} as const;

type Kind = keyof typeof KINDS;

const MIME_TYPE = 'text/plain';

/** The templates are the same for every server; only a plan that is worth a look is listed by itself. */
const TEMPLATES = (Object.keys(KINDS) as Kind[]).map((kind) => ({
  kind,
  template: new ResourceTemplate(addressOf(kind, '{id}'), {
    list: kind === 'plan' ? () => orProtocolError('resources/list', listPlans) : undefined,
    complete: { id: idsOf(kind) },
  }),
}));

/** Publishes the three templates and a short list of active plans. */
export function registerResources(server: McpServer, origin: Origin): void {
  for (const { kind, template } of TEMPLATES) {
    const { title, description } = KINDS[kind];
    server.registerResource(kind, template, { title, description, mimeType: MIME_TYPE }, ({ href }, { id }) =>
      orProtocolError(
        `Reading ${href}`,
        async () => ({ contents: [await readResource(kind, String(id), origin)] }),
        href,
      ),
    );
  }
}

/** The resource with this id. @throws MemoryError */
export async function readResource(kind: Kind, id: string, origin: Origin): Promise<TextResourceContents> {
  const { tool, call } = KINDS[kind];
  const { data, blocks } = await dispatch(READS, tool, call(id), origin);
  // memory_query get finds anything; under this address only a context item is meant.
  if (kind === 'context' && !isContext(data)) {
    throw notFound('context item', id, 'memory_context get shows what hangs on a plan or step.');
  }
  return { uri: addressOf(kind, id), mimeType: MIME_TYPE, text: blocks.join('\n') };
}

function isContext(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'kind' in data && data.kind === 'context';
}

function listPlans() {
  const resources = offerPlans().map(({ id, title, workspace }) => ({
    uri: addressOf('plan', id),
    name: id,
    title: oneLine(title, 100),
    description: `Active plan of the workspace ${quoted(workspace, 100)}.`,
  }));
  return { resources };
}

function addressOf(kind: Kind, id: string): string {
  return `memory://${kind}/${id}`;
}
