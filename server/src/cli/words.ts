/** What may stand without a flag: the file of `plan import`, and the short forms `next`, `search` and `history`. */
import type { Command } from 'commander';
import type { Reply } from '../catalog/dispatch.ts';
import { quoted } from '../catalog/text.ts';
import { MemoryError } from '../domain/errors.ts';
import { actionCommand, type Input, type Run, type Words } from './action-command.ts';
import { callTool } from './answer.ts';
import { readText } from './text-source.ts';

/** `plan import roadmap.md` reads a file, and takes the category from its **Category:** line. */
export const IMPORT_WORDS: Words = {
  syntax: '[file]',
  about: 'a Markdown file, or - for standard input',
  supplied: ['markdown', 'category'],
  toInput: async ([file], { markdown: text, category, ...flags }) => {
    const markdown = file === undefined ? text : readText(file === '-' ? file : `@${file}`);
    const { parsePlanMarkdown } = await import('../domain/plan-markdown-parse.ts');
    const found = typeof markdown === 'string' ? parsePlanMarkdown(markdown).category : null;
    return { ...flags, markdown, category: category ?? found ?? 'feature' };
  },
};

/** `next` is `steps next` in the workspace of this directory, for a person; `search` and `history` are those of `query`. */
export function shortForms(run: Run): Command[] {
  return [
    actionCommand('next', ['memory_steps', 'next'], run, {
      syntax: '[plan-id]',
      about: 'which plan; may be left out where only one is active in this workspace',
      supplied: ['plan_id', 'agent_type'],
      toInput: async ([word], { agent_type = 'User', ...flags }) => ({
        ...flags,
        agent_type,
        plan_id: word ?? flags['plan_id'] ?? (await onlyActivePlan()),
      }),
    }),
    actionCommand('search', ['memory_query', 'search'], run, {
      syntax: '[words...]',
      about: 'what to look for',
      supplied: ['query'],
      toInput: (words, flags): Input => (words.length === 0 ? flags : { ...flags, query: words.join(' ') }),
    }),
    actionCommand('history', ['memory_query', 'history'], run, {
      syntax: '[id]',
      about: 'the id of anything',
      supplied: ['id'],
      toInput: ([id], flags): Input => (id === undefined ? flags : { ...flags, id }),
    }),
  ];
}

interface FoundPlan {
  id: string;
  title: string;
}

const PLANS_NAMED = 20;

/** @throws not_found, invalid_input when there are several to choose from. */
async function onlyActivePlan(): Promise<string> {
  const { items } = (await activePlans()).data as { items: readonly FoundPlan[] };
  const [first, second] = items;
  if (first === undefined) {
    throw new MemoryError('not_found', 'No plan is active in this workspace.', {
      hint: 'project-memory plan list shows its plans; name one: project-memory next <plan-id>.',
    });
  }
  if (second === undefined) return first.id;
  throw new MemoryError('invalid_input', 'Which plan? Several are active in this workspace.', {
    hint: `Name one: ${items.map(({ id, title }) => `${id} ${quoted(title, 80)}`).join(', ')}.`,
  });
}

async function activePlans(): Promise<Reply> {
  try {
    return await callTool('memory_plan', { action: 'list', status: 'active', limit: PLANS_NAMED });
  } catch (error) {
    if (!(error instanceof MemoryError && error.code === 'invalid_input')) throw error;
    throw new MemoryError('invalid_input', 'Which plan? This directory lies in no workspace.', {
      hint: 'Name it: project-memory next <plan-id>; project-memory workspace list shows the workspaces.',
      cause: error,
    });
  }
}
