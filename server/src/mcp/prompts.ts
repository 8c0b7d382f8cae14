/**
 * Prompts: four ways to begin, each leading a model through the tools in the right order. The lines are ours; the plan comes
 * beside them as an embedded resource, so that nothing that was stored can pass for one of them.
 */
import { completable, type GetPromptResult, type McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { Tool } from '../catalog/define.ts';
import type { Origin } from '../catalog/dispatch.ts';
import { offerPlans } from '../catalog/offer.ts';
import { word } from '../catalog/params.ts';
import { quoted } from '../catalog/text.ts';
import { agentTypes, idsOf } from './completions.ts';
import { handoffLines, planLines, resumeLines, reviewLines } from './prompt-lines.ts';
import { orProtocolError } from './refusal.ts';
import { readResource } from './resources.ts';

const plan_id = completable(z.string({ error: whichPlan }).describe('Id of the plan'), idsOf('plan'));
const agent = (description: string) => completable(word.describe(description), agentTypes).optional();

const RESUME = z.object({ plan_id, agent_type: agent('The kind of agent that you are, such as Executor') });
const PLAN = z.object({
  goal: z.string({ error: 'what is to be achieved?' }).min(1).describe('What is to be achieved'),
});
const HANDOFF = z.object({ plan_id, to_agent: agent('The kind of agent that goes on, such as Reviewer') });
const REVIEW = z.object({ plan_id });

function whichPlan(): string {
  const plans = offerPlans().map(({ id, title }) => `${id} ${quoted(title, 60)}`);
  return `which plan? ${plans.length === 0 ? 'None is active; the prompt "plan" makes one.' : `Active: ${plans.join(', ')}.`}`;
}

/** What registers the prompts on a server that publishes these tools. */
export function promptsFor(tools: readonly Tool[], origin: Origin): (server: McpServer) => void {
  const instructions = (lines: string[]) => message(textOf(lines, tools));
  const promptAbout = (planId: string, lines: string[]) =>
    orProtocolError('A prompt', async (): Promise<GetPromptResult> => {
      const resource = await readResource('plan', planId, origin);
      return { messages: [instructions(lines), { role: 'user', content: { type: 'resource', resource } }] };
    });
  return (server) => {
    server.registerPrompt(
      'resume',
      { title: 'Resume a plan', description: 'Go on with a plan where it was left.', argsSchema: RESUME },
      (args) => promptAbout(args.plan_id, resumeLines(args)),
    );
    server.registerPrompt(
      'plan',
      { title: 'Make a plan', description: 'Turn a goal into a plan of phases and steps.', argsSchema: PLAN },
      ({ goal }) => ({ messages: [instructions(planLines()), message(goal)] }),
    );
    server.registerPrompt(
      'handoff',
      { title: 'Hand a plan over', description: 'Leave a plan so that another agent can go on.', argsSchema: HANDOFF },
      (args) => promptAbout(args.plan_id, handoffLines(args)),
    );
    server.registerPrompt(
      'review',
      {
        title: 'Review a plan',
        description: 'Hold what was done in a plan against what was asked.',
        argsSchema: REVIEW,
      },
      (args) => promptAbout(args.plan_id, reviewLines(args)),
    );
  };
}

const READ_ONLY = 'This server answers reads only: what else you would write down, tell the user.';

/** The lines that lead to nothing but what is published, numbered below the first one. */
function textOf([head = '', ...lines]: string[], tools: readonly Tool[]): string {
  const possible = lines.filter((line) =>
    [...line.matchAll(/\b(memory_\w+) (\w+)/g)].every(([, name, action]) =>
      tools.some((tool) => tool.name === name && Object.hasOwn(tool.actions, action ?? '')),
    ),
  );
  const writes = tools.some(({ actions }) => Object.values(actions).some(({ effect }) => effect === 'write'));
  const numbered = [...possible, ...(writes ? [] : [READ_ONLY])].map((line, index) => `${index + 1}. ${line}`);
  return [head, '', ...numbered].join('\n');
}

function message(text: string): GetPromptResult['messages'][number] {
  return { role: 'user', content: { type: 'text', text } };
}
