/** Several steps become one. */
import { MemoryError, notFound } from '../domain/errors.ts';
import { listFromJson } from '../domain/stored-values.ts';
import { moveContext } from './context-db.ts';
import { addDependency, getDependencies, getDependents } from './dependency-db.ts';
import { queryAll, transaction } from './query-helpers.ts';
import { deleteStep, insertStep } from './step-db.ts';
import type { StepRow } from './types.ts';

/**
 * Makes one pending step of two or more neighbours of one phase, in the place of the first. It inherits their edges, gates,
 * paths, context and, in its notes, what they said; their type, if it is the same.
 * @throws not_found, invalid_input unless they are neighbours, conflict when one is active or done.
 */
export function consolidateSteps(stepIds: readonly string[], task: string): StepRow {
  return transaction(() => {
    const steps = requireNeighbours(stepIds);
    const [first] = steps as [StepRow];
    const merged = insertStep(first.phase_id, first.order_index, {
      task,
      notes: notesOf(steps),
      assignee: first.assignee,
      type: steps.every(({ type }) => type === first.type) ? first.type : undefined,
      paths: [...new Set(steps.flatMap(({ paths }) => listFromJson(paths)))],
      requires_confirmation: steps.some((step) => step.requires_confirmation === 1),
      requires_user_confirmation: steps.some((step) => step.requires_user_confirmation === 1),
      requires_validation: steps.some((step) => step.requires_validation === 1),
      requires_evidence: steps.some((step) => step.requires_evidence === 1),
    });
    const ids = new Set(stepIds);
    for (const { id } of steps) {
      for (const edge of getDependencies('step', id)) {
        if (ids.has(edge.target_id)) continue;
        addDependency('step', merged.id, edge.target_type, edge.target_id, edge.dependency_type);
      }
      for (const edge of getDependents('step', id)) {
        if (ids.has(edge.source_id)) continue;
        addDependency(edge.source_type, edge.source_id, 'step', merged.id, edge.dependency_type);
      }
      moveContext('step', id, merged.id);
      deleteStep(id);
    }
    return merged;
  });
}

function requireNeighbours(stepIds: readonly string[]): StepRow[] {
  const steps = queryAll<StepRow>(
    `SELECT * FROM steps WHERE id IN (${stepIds.map(() => '?').join(', ')}) ORDER BY phase_id, order_index`,
    stepIds,
  );
  const missing = stepIds.find((id) => !steps.some((step) => step.id === id));
  if (missing !== undefined) throw notFound('live step', missing);
  const neighbours = steps.every(
    (step, place) => step.phase_id === steps[0]?.phase_id && step.order_index === (steps[0]?.order_index ?? 0) + place,
  );
  if (steps.length < 2 || steps.length !== stepIds.length || !neighbours) {
    throw new MemoryError(
      'invalid_input',
      'Only two or more neighbours of one phase, each named once, become one step.',
      {
        hint: 'Bring them together with memory_steps reorder or move first.',
      },
    );
  }
  const begun = steps.find(({ status }) => status === 'active' || status === 'done');
  if (begun !== undefined) {
    throw new MemoryError('conflict', `Step ${begun.id} is ${begun.status} and stays a step of its own.`, {
      hint: 'Leave it out, or give it back with memory_steps release or re-open it first.',
    });
  }
  return steps;
}

function notesOf(steps: readonly StepRow[]): string {
  return steps
    .map(({ task, notes }) => (notes === null ? `- ${task}` : `- ${task}\n  ${notes.replaceAll('\n', '\n  ')}`))
    .join('\n');
}
