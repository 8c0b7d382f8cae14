/** Beads: `.beads/issues.jsonl`, an issue per line. All issues become one plan; an epic is a phase and a step in it. */
import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { JsonObject } from '../../domain/stored-values.ts';
import {
  type DependencyType,
  STEP_STATUSES,
  STEP_TYPES,
  type StepStatus,
  type StepType,
} from '../../domain/vocabulary.ts';
import type { Skip } from '../report.ts';
import { modifiedAt } from '../source-files.ts';
import { field, firstTime, isObject, textOrNull, timeOrNull, type UnknownWord, wordOf } from '../values.ts';
import { readLines } from './json-lines.ts';
import { type Found, type NeighbourReader, NO_OUTLINE, type Outline, type OutlinedTask, sections } from './outline.ts';

const PLACES = ['.beads/issues.jsonl', '.beads/beads.jsonl', 'issues.jsonl', 'beads.jsonl'];
const PHASE = 'Issues';

const STATUSES: Readonly<Record<string, StepStatus>> = {
  open: 'pending',
  in_progress: 'active',
  hooked: 'active',
  pinned: 'pending',
  closed: 'done',
  deferred: 'blocked',
};

const TYPES: Readonly<Record<string, StepType>> = {
  bug: 'fix',
  feature: 'code',
  task: 'standard',
  epic: 'standard',
  chore: 'standard',
};

export const beads: NeighbourReader = { find, read };

function find(path: string): Found | null {
  const isFile = statSync(path).isFile();
  const file = isFile
    ? path
    : PLACES.map((place) => join(path, place)).find((place) => statSync(place, { throwIfNoEntry: false })?.isFile());
  if (file === undefined || !/^(?:issues|beads)\.jsonl$/.test(basename(file))) return null;
  const folder = dirname(file);
  return { path: file, project: basename(folder) === '.beads' ? dirname(folder) : folder };
}

function read({ path }: Found): Outline {
  const name = basename(path);
  const { lines, skipped } = readLines(path, name, 'steps');
  const since = modifiedAt(path);
  const unknownWords: (UnknownWord & { path: string })[] = [];
  const issues = new Map<string, JsonObject>();
  const lineOf = new Map<string, number>();
  for (const { position, element } of lines) {
    const id = field(element, 'id');
    const skip = (at: number, reason: string, error: boolean) =>
      skipped.push({ kind: 'steps', path: name, position: at, reason, error });
    if (typeof id !== 'string' || id === '') skip(position, 'has no id', true);
    else if (field(element, 'status') === 'tombstone') skip(position, `${id} was deleted in Beads`, false);
    else {
      const earlier = lineOf.get(id);
      if (earlier !== undefined) skip(earlier, `a later line says what ${id} is now`, false);
      lineOf.set(id, position);
      issues.set(id, element);
    }
  }
  const tasks = [...issues].map(([id, issue]) => taskOf(id, issue, { issues, since, name, skipped, unknownWords }));
  const dates = tasks.map(({ createdAt }) => createdAt).toSorted();
  const plan = {
    key: 'issues',
    title: 'Beads issues',
    description: null,
    createdAt: dates[0] ?? since,
    updatedAt:
      tasks
        .map(({ updatedAt }) => updatedAt)
        .toSorted()
        .at(-1) ?? since,
    tasks,
    meta: { beads: { file: name } },
  };
  return { ...NO_OUTLINE, plans: tasks.length > 0 ? [plan] : [], files: 1, skipped, unknownWords };
}

interface Reading {
  issues: ReadonlyMap<string, JsonObject>;
  since: string;
  name: string;
  skipped: Skip[];
  unknownWords: (UnknownWord & { path: string })[];
}

function taskOf(id: string, issue: JsonObject, reading: Reading): OutlinedTask {
  const {
    id: _id,
    title,
    description,
    design,
    acceptance_criteria,
    notes,
    dependencies: _dependencies,
    ...rest
  } = issue;
  const unknown = (word: UnknownWord) => reading.unknownWords.push({ path: `${reading.name}#${id}`, ...word });
  const said = field(issue, 'status');
  const status = wordOf(STEP_STATUSES, said ?? 'open', 'pending', { field: 'status', names: STATUSES, unknown });
  const updatedAt = firstTime(field(issue, 'updated_at'), field(issue, 'created_at'), reading.since);
  const edges = dependenciesOf(issue);
  return {
    key: id,
    phase: phaseOf(id, reading.issues),
    task: textOrNull(title) || id,
    type: wordOf(STEP_TYPES, field(issue, 'issue_type') ?? 'task', 'standard', {
      field: 'issue_type',
      names: TYPES,
      unknown,
    }),
    status,
    notes: sections({ '': description, Design: design, 'Acceptance criteria': acceptance_criteria, Notes: notes }),
    assignee: textOrNull(field(issue, 'assignee')),
    blockedReason: status === 'blocked' ? `${String(said)} in Beads` : null,
    createdAt: firstTime(field(issue, 'created_at'), reading.since),
    updatedAt,
    completedAt: status === 'done' ? (timeOrNull(field(issue, 'closed_at')) ?? updatedAt) : null,
    dependsOn: edges
      .filter(({ type }) => type !== 'parent-child')
      .map(({ target, type }): { key: string; type: DependencyType } => ({
        key: target,
        type: type === 'blocks' ? 'blocks' : 'informs',
      })),
    meta: { beads: { id, ...rest, ...(edges.length > 0 ? { dependencies: field(issue, 'dependencies') } : {}) } },
  };
}

function dependenciesOf(issue: JsonObject): { target: string; type: string }[] {
  const list = field(issue, 'dependencies');
  return (Array.isArray(list) ? list : []).filter(isObject).flatMap((edge) => {
    const target = field(edge, 'depends_on_id');
    return typeof target === 'string' ? [{ target, type: String(field(edge, 'type') ?? 'blocks') }] : [];
  });
}

/** The title of the nearest epic above, or of the issue itself if it is one. */
function phaseOf(id: string, issues: ReadonlyMap<string, JsonObject>): string {
  const seen = new Set<string>();
  for (let at: string | undefined = id; at !== undefined && !seen.has(at); ) {
    seen.add(at);
    const issue = issues.get(at);
    if (issue === undefined) break;
    if (field(issue, 'issue_type') === 'epic') return textOrNull(field(issue, 'title')) || at;
    at = dependenciesOf(issue).find(({ type }) => type === 'parent-child')?.target;
  }
  return PHASE;
}
