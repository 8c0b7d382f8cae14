/** What the readers of neighbouring tools answer: plans of tasks, knowledge and documents, in our words. */
import type { JsonObject } from '../../domain/stored-values.ts';
import type { DependencyType, StepStatus, StepType } from '../../domain/vocabulary.ts';
import type { Notice, Skip } from '../report.ts';
import type { UnknownWord } from '../values.ts';

export interface OutlinedTask {
  /** The tool's own id: by it the task is recognised. */
  key: string;
  phase: string;
  task: string;
  type: StepType;
  status: StepStatus;
  notes: string | null;
  assignee: string | null;
  blockedReason: string | null;
  createdAt: string;
  updatedAt: string;
  completedAt: string | null;
  dependsOn: readonly { key: string; type: DependencyType }[];
  /** Whatever no column says. */
  meta: JsonObject;
}

export interface OutlinedPlan {
  key: string;
  title: string;
  description: string | null;
  createdAt: string;
  updatedAt: string;
  tasks: readonly OutlinedTask[];
  meta: JsonObject;
}

export interface OutlinedKnowledge {
  key: string;
  title: string;
  category: string;
  data: JsonObject;
  createdAt: string;
  /** How many relations to others it holds. */
  relations: number;
}

export interface OutlinedDocument {
  filename: string;
  content: string;
  createdAt: string;
}

export interface Outline {
  plans: readonly OutlinedPlan[];
  knowledge: readonly OutlinedKnowledge[];
  /** They belong to the first plan. */
  documents: readonly OutlinedDocument[];
  files: number;
  skipped: readonly Skip[];
  notes: readonly Notice[];
  unknownWords: readonly (UnknownWord & { path: string })[];
}

/** Where a tool keeps its files, and the project that they are about. */
export interface Found {
  path: string;
  project: string;
}

/** Reads the files of one tool. */
export interface NeighbourReader {
  /** Null where nothing of this tool lies at the path. */
  find: (path: string) => Found | null;
  read: (found: Found) => Outline;
}

export const NO_OUTLINE: Outline = {
  plans: [],
  knowledge: [],
  documents: [],
  files: 0,
  skipped: [],
  notes: [],
  unknownWords: [],
};

/** Parts of a task's text under headings; what is empty is left out. */
export function sections(parts: Readonly<Record<string, unknown>>): string | null {
  const texts = Object.entries(parts).flatMap(([heading, value]) => {
    if (typeof value !== 'string' || value.trim() === '') return [];
    return [heading === '' ? value : `## ${heading}\n\n${value}`];
  });
  return texts.length > 0 ? texts.join('\n\n') : null;
}
