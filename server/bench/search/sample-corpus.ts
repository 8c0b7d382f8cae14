/**
 * A data directory of an earlier version, read file by file: plans with their steps, context files and research notes, and
 * the agents, instructions and skills beside them. An item's id is its path, a step's `…/state.json#<index>`.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseFrontMatter } from '../../src/domain/front-matter.ts';
import type { Item } from './items.ts';

/** Generated from the plan itself, so that every step would be there twice. */
const RENDERED = 'plan.md';

interface State {
  title: string;
  description?: string;
  goals?: string[];
  success_criteria?: string[];
  created_at?: string;
  steps?: { phase?: string; task: string; notes?: string; type?: string }[];
  notes?: (string | { note?: string; content?: string })[];
}

interface Stored {
  stored_at?: string;
  timestamp?: string;
  captured_at?: string;
  created_at?: string;
  updated_at?: string;
  data?: Record<string, unknown>;
}

export function sampleCorpus(folder: string): Item[] {
  const [data] = globSync('data/*/plans', { cwd: folder });
  if (data === undefined) throw new Error(`${folder} has no data/<workspace>/plans.`);
  const workspace = join(folder, dirname(data));
  const plans = globSync('plans/**/state.json', { cwd: workspace })
    .sort()
    .flatMap((path) => planItems(workspace, path));
  const knowledge = globSync('knowledge/*.json', { cwd: workspace })
    .sort()
    .map((path) => knowledgeItem(workspace, path));
  return [
    ...plans,
    ...knowledge,
    ...libraryItems(folder, 'agents/**/*.agent.md', 'agent'),
    ...libraryItems(folder, 'instructions/**/*.instructions.md', 'instruction'),
    ...libraryItems(folder, 'skills/**/SKILL.md', 'skill'),
  ];
}

function planItems(workspace: string, path: string): Item[] {
  const state = json<State>(workspace, path);
  const date = state.created_at ?? '2026-01-01T00:00:00.000Z';
  const about = [state.description, ...(state.goals ?? []), ...(state.success_criteria ?? [])];
  const plan: Item = { id: path, kind: 'plan', title: state.title, body: about.filter(Boolean).join('\n'), date };
  const steps = (state.steps ?? []).map(
    ({ phase, task, notes = '', type }, index): Item => ({
      ...{ id: `${path}#${index}`, kind: 'step', title: task, body: notes, date, plan: path, phase, type },
    }),
  );
  const notes = (state.notes ?? []).map(
    (note, index): Item => ({
      ...{ id: `${path}#note${index}`, kind: 'note', title: '', date, plan: path },
      body: typeof note === 'string' ? note : (note.note ?? note.content ?? '–'),
    }),
  );
  const beside = dirname(path);
  const files = globSync('*.json', { cwd: join(workspace, beside) })
    .filter((name) => name !== 'state.json')
    .sort()
    .map((name) => contextItem(workspace, join(beside, name), path));
  const research = globSync('research_notes/*', { cwd: join(workspace, beside) })
    .filter((name) => name !== RENDERED)
    .sort()
    .map((name) => researchItem(workspace, join(beside, name), path));
  return [plan, ...steps, ...notes, ...files, ...research];
}

function contextItem(workspace: string, path: string, plan: string): Item {
  const stored = json<Stored>(workspace, path);
  const { _security, ...data } = stored.data ?? {};
  const isHandoff = basename(path).startsWith('handoff_');
  return {
    id: path,
    kind: 'context',
    title: '',
    body: '',
    date: stored.stored_at ?? stored.timestamp ?? stored.captured_at ?? stored.updated_at ?? '2026-01-01T00:00:00.000Z',
    plan,
    type: basename(path, '.json'),
    data: isHandoff || stored.data === undefined ? stored : data,
  };
}

function researchItem(workspace: string, path: string, plan: string): Item {
  const { metadata, body } = parseFrontMatter(readFileSync(join(workspace, path), 'utf8'));
  const date = String(metadata['created_at'] ?? '2026-01-01T00:00:00.000Z');
  return { id: path, kind: 'research', title: basename(path), body, date, plan };
}

function knowledgeItem(workspace: string, path: string): Item {
  const file = json<{ title: string; content: string; category: string; tags: string[]; created_at: string }>(
    workspace,
    path,
  );
  const { title, content, category, tags, created_at } = file;
  return { id: path, kind: 'knowledge', title, body: content, date: created_at, type: category, tags };
}

/** The first of a name has it, a later one gets its folder too: names are unique. */
function libraryItems(folder: string, pattern: string, kind: 'agent' | 'instruction' | 'skill'): Item[] {
  const taken = new Set<string>();
  return globSync(pattern, { cwd: folder })
    .sort()
    .map((path): Item => {
      const { metadata, content } = parseFrontMatter(readFileSync(join(folder, path), 'utf8'));
      const file = kind === 'skill' ? basename(dirname(path)) : basename(path);
      const own = kind === 'instruction' ? file : String(metadata['name'] ?? file);
      const title = taken.has(own) ? `${own} ${dirname(path).replaceAll('/', ' ')}` : own;
      taken.add(own);
      return {
        ...{ id: path, kind, title, body: content, date: '2026-03-01T00:00:00.000Z' },
        applies_to: String(metadata['applyTo'] ?? '**/*'),
        description: String(metadata['description'] ?? ''),
        tags: Array.isArray(metadata['tags']) ? metadata['tags'].map(String) : [],
      };
    });
}

function json<T>(folder: string, path: string): T {
  return JSON.parse(readFileSync(join(folder, path), 'utf8').replace(/^\uFEFF/, '')) as T;
}
