/** Backlog.md: a folder of Markdown files with front matter, one per task. A milestone becomes a phase. */
import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseFrontMatter } from '../../domain/front-matter.ts';
import type { JsonObject } from '../../domain/stored-values.ts';
import { STEP_STATUSES, type StepStatus } from '../../domain/vocabulary.ts';
import type { Skip } from '../report.ts';
import { listFolder, listTree, modifiedAt, readText } from '../source-files.ts';
import { field, firstTime, isObject, textOrNull, type UnknownWord, wordOf } from '../values.ts';
import {
  type Found,
  type NeighbourReader,
  NO_OUTLINE,
  type Outline,
  type OutlinedDocument,
  type OutlinedTask,
} from './outline.ts';

/** Folder of tasks → the phase of those that have no milestone. */
const FOLDERS: Readonly<Record<string, string>> = {
  tasks: 'Tasks',
  completed: 'Tasks',
  drafts: 'Drafts',
  'archive/tasks': 'Archived',
  'archive/drafts': 'Archived',
};

const STATUSES: Readonly<Record<string, StepStatus>> = {
  'to do': 'pending',
  todo: 'pending',
  backlog: 'pending',
  draft: 'pending',
  'in progress': 'active',
  review: 'active',
  blocked: 'blocked',
  done: 'done',
};

export const backlog: NeighbourReader = { find, read };

function find(path: string): Found | null {
  if (!statSync(path).isDirectory()) return null;
  for (const folder of [join(path, 'backlog'), join(path, '.backlog'), path]) {
    const { files, folders } = listFolder(folder);
    const isOne =
      folders.includes('tasks') &&
      (files.includes('config.yml') ||
        listFolder(join(folder, 'tasks')).files.some((name) => /^\w+-[\d.]+ - .*\.md$/.test(name)));
    if (isOne) return { path: folder, project: /^\.?backlog$/.test(basename(folder)) ? dirname(folder) : folder };
  }
  return null;
}

interface Reading {
  root: string;
  skipped: Skip[];
  unknownWords: (UnknownWord & { path: string })[];
}

function read({ path: root }: Found): Outline {
  const reading: Reading = { root, skipped: [], unknownWords: [] };
  const tasks: { order: number; task: OutlinedTask }[] = [];
  const documents: OutlinedDocument[] = [];
  let config: JsonObject = {};
  const files = listTree(root);
  for (const path of files) {
    const folder = dirname(path);
    const text = readText(join(root, path));
    if (!text.ok) reading.skipped.push({ kind: 'files', path, reason: text.reason, error: true });
    else if (path === 'config.yml') config = parseFrontMatter(`---\n${text.value}\n---\n`).metadata;
    else if (Object.hasOwn(FOLDERS, folder) && path.endsWith('.md'))
      addTask(path, text.value, FOLDERS[folder] ?? '', reading, tasks);
    else documents.push({ filename: path, content: text.value, createdAt: dateOf(text.value, join(root, path)) });
  }
  tasks.sort((a, b) => a.order - b.order);
  const list = tasks.map(({ task }) => task);
  const created = list.map(({ createdAt }) => createdAt).toSorted()[0] ?? modifiedAt(root);
  const plan = {
    key: 'tasks',
    title: textOrNull(field(config, 'project_name')) || 'Backlog',
    description: null,
    createdAt: created,
    updatedAt:
      list
        .map(({ updatedAt }) => updatedAt)
        .toSorted()
        .at(-1) ?? created,
    tasks: list,
    meta: { backlog: { config } },
  };
  return {
    ...NO_OUTLINE,
    plans: [plan],
    documents,
    files: files.length,
    skipped: reading.skipped,
    unknownWords: reading.unknownWords,
  };
}

function dateOf(content: string, file: string): string {
  const { metadata } = parseFrontMatter(content);
  return firstTime(field(metadata, 'created_date'), field(metadata, 'date'), modifiedAt(file));
}

function addTask(
  path: string,
  content: string,
  phase: string,
  reading: Reading,
  tasks: { order: number; task: OutlinedTask }[],
): void {
  const { metadata, body, problem } = parseFrontMatter(content);
  const said = textOrNull(field(metadata, 'id'));
  const key = (said || /^(\w+-[\d.]+)/.exec(basename(path))?.[1])?.toLowerCase();
  if (key === undefined) {
    reading.skipped.push({
      kind: 'steps',
      path,
      reason: problem ?? 'has no id, neither in its front matter nor in its name',
      error: true,
    });
    return;
  }
  if (tasks.some(({ task }) => task.key === key)) {
    reading.skipped.push({ kind: 'steps', path, reason: `another file has the task ${key} already`, error: true });
    return;
  }
  const { title, status: saidStatus, assignee, dependencies, milestone, ...rest } = metadata;
  const since = modifiedAt(join(reading.root, path));
  const updatedAt = firstTime(field(metadata, 'updated_date'), field(metadata, 'created_date'), since);
  const status = wordOf(
    STEP_STATUSES,
    typeof saidStatus === 'string' ? saidStatus.toLowerCase() : saidStatus,
    'pending',
    {
      field: 'status',
      names: STATUSES,
      unknown: (word) => reading.unknownWords.push({ path, ...word, said: saidStatus }),
    },
  );
  const [first, ...others] = wordsOf(assignee);
  const criteria = criteriaOf(body);
  const task: OutlinedTask = {
    key,
    phase: textOrNull(milestone) || phase,
    task: textOrNull(title) || key,
    type: 'standard',
    status,
    notes: body.trim() || null,
    assignee: first ?? null,
    blockedReason: status === 'blocked' ? 'blocked in Backlog.md' : null,
    createdAt: firstTime(field(metadata, 'created_date'), since),
    updatedAt,
    completedAt: status === 'done' ? firstTime(field(metadata, 'completed_date'), updatedAt) : null,
    dependsOn: wordsOf(dependencies).map((target) => ({ key: target.toLowerCase(), type: 'blocks' as const })),
    meta: {
      backlog: {
        file: path,
        ...rest,
        ...(saidStatus === undefined ? {} : { status: saidStatus }),
        ...(milestone === undefined ? {} : { milestone }),
        ...(others.length > 0 ? { assignees: [first, ...others] } : {}),
        ...(criteria.length > 0 ? { acceptance_criteria: criteria } : {}),
        ...(problem === null ? {} : { problem }),
      },
    },
  };
  const ordinal = field(metadata, 'ordinal');
  tasks.push({ order: typeof ordinal === 'number' ? ordinal : numberOf(key), task });
}

/** Task 4.1 stands behind task 4 and before task 5. */
function numberOf(key: string): number {
  const [whole = 0, ...parts] = (/[\d.]+$/.exec(key)?.[0] ?? '0').split('.').map(Number);
  return parts.reduce((sum, part, depth) => sum + part / 1000 ** (depth + 1), whole) * 1000;
}

function wordsOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : value === undefined || value === null || value === '' ? [] : [value];
  return list.filter((item) => !isObject(item)).map(String);
}

/** The checkboxes under the heading of acceptance criteria. */
function criteriaOf(body: string): { text: string; done: boolean }[] {
  const section = /^## Acceptance Criteria[^\n]*\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(body)?.[1] ?? '';
  return [...section.matchAll(/^- \[([ xX])\] (?:#\d+ )?(.+)$/gm)].map(([, box, text = '']) => ({
    text,
    done: box !== ' ',
  }));
}
