/** Task Master: `.taskmaster/tasks/tasks.json`, a list of tasks per tag. A tag becomes a plan, a task or subtask a step. */
import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { JsonObject } from '../../domain/stored-values.ts';
import type { StepStatus } from '../../domain/vocabulary.ts';
import { STEP_STATUSES } from '../../domain/vocabulary.ts';
import type { Skip } from '../report.ts';
import { modifiedAt, readJson } from '../source-files.ts';
import { field, firstTime, isObject, textOrNull, timeOrNull, type UnknownWord, wordOf } from '../values.ts';
import {
  type Found,
  type NeighbourReader,
  NO_OUTLINE,
  type Outline,
  type OutlinedPlan,
  type OutlinedTask,
  sections,
} from './outline.ts';

const PLACES = ['.taskmaster/tasks/tasks.json', 'tasks/tasks.json', 'tasks.json'];
const FILE = 'tasks.json';
const PHASE = 'Tasks';

const STATUSES: Readonly<Record<string, StepStatus>> = {
  completed: 'done',
  'in-progress': 'active',
  review: 'active',
  deferred: 'blocked',
  cancelled: 'blocked',
};

export const taskmaster: NeighbourReader = { find, read };

function find(path: string): Found | null {
  const isFile = statSync(path).isFile();
  const file = isFile
    ? path
    : PLACES.map((place) => join(path, place)).find((place) => statSync(place, { throwIfNoEntry: false })?.isFile());
  if (file === undefined || basename(file) !== FILE) return null;
  if (!isFile) return { path: file, project: path };
  const folder = dirname(file);
  return { path: file, project: /\.taskmaster[\\/]tasks$/.test(folder) ? dirname(dirname(folder)) : folder };
}

function read({ path }: Found): Outline {
  const file = readJson(path);
  const broken = (reason: string): Outline => ({
    ...NO_OUTLINE,
    files: 1,
    skipped: [{ kind: 'files', path: FILE, reason, error: true }],
  });
  if (!file.ok) return broken(file.reason);
  if (!isObject(file.value)) return broken('holds no tasks');
  const reading: Reading = { since: modifiedAt(path), skipped: [], unknownWords: [] };
  const tags = Array.isArray(field(file.value, 'tasks')) ? { master: file.value } : file.value;
  const plans = Object.entries(tags).flatMap(([tag, value]) => {
    if (isObject(value) && Array.isArray(field(value, 'tasks'))) return [planOf(tag, value, reading)];
    reading.skipped.push({ kind: 'plans', path: `${FILE}#${tag}`, reason: 'holds no list of tasks', error: true });
    return [];
  });
  return { ...NO_OUTLINE, plans, files: 1, skipped: reading.skipped, unknownWords: reading.unknownWords };
}

interface Reading {
  since: string;
  skipped: Skip[];
  unknownWords: (UnknownWord & { path: string })[];
}

function planOf(tag: string, value: JsonObject, reading: Reading): OutlinedPlan {
  const { tasks, ...about } = value;
  const metadata = isObject(about['metadata']) ? about['metadata'] : isObject(about['meta']) ? about['meta'] : {};
  const created = firstTime(field(metadata, 'created'), field(metadata, 'createdAt'), reading.since);
  const updated = firstTime(field(metadata, 'updated'), field(metadata, 'updatedAt'), reading.since);
  const dates = { created, updated };
  const outlined = (tasks as unknown[]).flatMap((task, position) => {
    if (!isObject(task)) {
      reading.skipped.push({ kind: 'steps', path: `${FILE}#${tag}`, position, reason: 'is no task', error: true });
      return [];
    }
    const id = String(field(task, 'id') ?? position + 1);
    const subtasks = field(task, 'subtasks');
    const inside = (Array.isArray(subtasks) ? subtasks : []).filter(isObject);
    return [
      taskOf(task, id, null, tag, dates, reading),
      ...inside.map((subtask, i) =>
        taskOf(subtask, `${id}.${String(field(subtask, 'id') ?? i + 1)}`, { id, task }, tag, dates, reading),
      ),
    ];
  });
  return {
    key: tag,
    title: textOrNull(field(metadata, 'projectName')) || `Task Master: ${tag}`,
    description: textOrNull(field(metadata, 'description')),
    createdAt: created,
    updatedAt: updated,
    tasks: outlined,
    meta: { taskmaster: { tag, ...about } },
  };
}

function taskOf(
  task: JsonObject,
  key: string,
  parent: { id: string; task: JsonObject } | null,
  tag: string,
  { created, updated }: { created: string; updated: string },
  reading: Reading,
): OutlinedTask {
  const { title, description, details, testStrategy, subtasks: _subtasks, status: said, dependencies, ...rest } = task;
  const path = `${FILE}#${tag}/${key}`;
  const status = wordOf(STEP_STATUSES, said, 'pending', {
    field: 'status',
    names: STATUSES,
    unknown: (word) => reading.unknownWords.push({ path, ...word }),
  });
  const updatedAt = firstTime(field(task, 'updatedAt'), updated);
  return {
    key,
    phase: PHASE,
    task:
      parent === null ? String(title ?? key) : `${String(parent.task['title'] ?? parent.id)}: ${String(title ?? key)}`,
    type: 'standard',
    status,
    notes: sections({ '': description, Details: details, 'Test strategy': testStrategy }),
    assignee: textOrNull(field(task, 'assignee')),
    blockedReason: status === 'blocked' ? `${String(said)} in Task Master` : null,
    createdAt: created,
    updatedAt,
    completedAt: status === 'done' ? (timeOrNull(field(task, 'completedAt')) ?? updatedAt) : null,
    dependsOn: (Array.isArray(dependencies) ? dependencies : []).map((target) => ({
      key: targetKey(target, parent),
      type: 'blocks' as const,
    })),
    meta: {
      taskmaster: {
        ...rest,
        ...(said === undefined ? {} : { status: said }),
        ...(parent === null ? {} : { parent: parent.id, title }),
      },
    },
  };
}

/** A subtask names its siblings by their number alone, others as `<task>.<subtask>`. */
function targetKey(target: unknown, parent: { id: string; task: JsonObject } | null): string {
  const text = String(target);
  if (parent === null || text.includes('.')) return text;
  const siblings = field(parent.task, 'subtasks');
  const isSibling =
    Array.isArray(siblings) && siblings.some((other) => isObject(other) && String(field(other, 'id')) === text);
  return isSibling ? `${parent.id}.${text}` : text;
}
