/** Writes the phases and steps of a plan, their order, their confirmations and what each step waits for. */
import { changeImportedRow, checkCycle, findPlaced, isSatisfied } from '../../db/index.ts';
import { leftoversOf, metaJson } from '../leftovers.ts';
import { BEHIND, isReordered, orderPhases, orderSteps } from '../order.ts';
import type { Outcome } from '../report.ts';
import { keyOf } from '../sources.ts';
import { field } from '../values.ts';
import type { Written } from '../write.ts';
import type { PlanImport } from './import-plan.ts';
import type { OutlinedStep, StepOutline } from './step-outline.ts';
import { phaseColumns, phaseElement, stepColumns, stepElement } from './step-record.ts';

export function importSteps(plan: PlanImport, outline: StepOutline): void {
  const { tally } = plan.at;
  const phases = writePhases(plan, outline);
  const steps = writeSteps(plan, outline, phases);
  writeDependencies(plan, outline.steps, steps);
  const confirmed = (outcome: Outcome) => tally.count('confirmations', outcome);
  for (const { name, approval } of outline.phases) {
    const written = phases.get(name);
    if (approval !== null && written !== undefined) confirmed(written.outcome);
  }
  for (const [position, { confirmation }] of outline.steps.entries()) {
    const written = steps[position];
    if (confirmation !== null && written !== undefined) confirmed(written.outcome);
  }
  listLeftConfirmations(plan, outline);
}

function writePhases(plan: PlanImport, outline: StepOutline): Map<string, Written> {
  const { at, source, planId, path, dates } = plan;
  const { placed, gone } = source.match('phases', outline.phases, ({ name }) => keyOf(name));
  for (const { row_id } of gone) at.tally.gone.push({ kind: 'phases', path, reason: `phase ${row_id}` });
  const written = placed.map(({ element: { name, element, approval }, place }, position) => {
    const columns = phaseColumns(element ?? {}, name, approval, dates);
    const left = element === null ? null : leftoversOf(element, phaseElement(columns, position + 1), { listed: true });
    return at.writer.put(
      {
        kind: 'phases',
        table: 'phases',
        values: {
          ...columns,
          plan_id: planId,
          order_index: source.isNew ? position : BEHIND + position,
          meta: metaJson(left),
        },
      },
      place,
    );
  });
  if (!source.isNew && (written.some(({ outcome }) => outcome === 'new') || isReordered(placed))) {
    orderPhases(
      planId,
      written.map(({ id }) => id),
    );
  }
  return new Map(outline.phases.map(({ name }, position) => [name, written[position] as Written]));
}

function writeSteps(plan: PlanImport, outline: StepOutline, phases: ReadonlyMap<string, Written>): Written[] {
  const { at, source, planId, path, dates } = plan;
  const { placed, gone } = source.match(
    'steps',
    outline.steps,
    ({ phase, element }) => keyOf(phase, field(element, 'task')),
    { orPosition: true },
  );
  for (const { row_id, position } of gone)
    at.tally.gone.push({ kind: 'steps', path, position, reason: `step ${row_id}` });
  const counts = new Map<string, number>();
  const written = placed.map(({ element: step, place }, position) => {
    const { element, phase, confirmation, dependsOn } = step;
    const order = counts.get(phase) ?? 0;
    counts.set(phase, order + 1);
    const columns = stepColumns(element, {
      confirmation,
      dates,
      unknown: at.tally.unknownIn(`${path}#steps[${position}]`),
    });
    const own = field(element, 'id');
    const id = typeof own === 'string' && own !== '' ? own : undefined;
    const indexes = dependsOn.map((other) => indexOf(outline.steps, other));
    const rendered = stepElement(columns, { id, index: position, phase, dependsOn: indexes });
    return at.writer.put(
      {
        kind: 'steps',
        table: 'steps',
        id: id === undefined ? undefined : { field: 'id', value: id },
        values: {
          ...columns,
          plan_id: planId,
          phase_id: phases.get(phase)?.id ?? null,
          order_index: source.isNew ? order : BEHIND + position,
          legacy_index: position,
          meta: metaJson(leftoversOf(element, rendered, id === undefined ? {} : { own_id: true })),
        },
      },
      place,
    );
  });
  const changed = written.some(({ outcome }) => outcome === 'new' || outcome === 'updated');
  if (!source.isNew && (changed || isReordered(placed))) {
    const phaseOf = (position: number) => phases.get(outline.steps[position]?.phase ?? '')?.id;
    orderSteps(
      planId,
      written.map(({ id }, position) => ({ id, phaseId: phaseOf(position) })),
    );
    for (const [position, { id }] of written.entries()) setLegacyIndex(id, position);
  }
  return written;
}

function indexOf(steps: readonly OutlinedStep[], position: number): number {
  const index = field(steps[position]?.element ?? {}, 'index');
  return typeof index === 'number' ? index : position;
}

function setLegacyIndex(id: string, position: number): void {
  const found = findPlaced('steps', id);
  if (found === null || found.row['legacy_index'] === position) return;
  const { updated_at } = found.row;
  changeImportedRow('steps', id, found.archived, { legacy_index: position, updated_at });
}

function writeDependencies(
  { at, source, path, dates }: PlanImport,
  steps: readonly OutlinedStep[],
  written: readonly Written[],
): void {
  const edges = steps.flatMap(({ dependsOn }, from) =>
    dependsOn.map((to) => ({ from: written[from]?.id ?? '', to: written[to]?.id ?? '', position: from })),
  );
  const { placed } = source.match('dependencies', edges, ({ from, to }) => keyOf('step', from, to));
  for (const { element: edge, place } of placed) {
    const { from, to } = edge;
    const closes = place.known === undefined && checkCycle('step', from, 'step', to);
    if (closes) {
      at.tally.notes.push({
        kind: 'dependencies',
        path,
        reason: `${from} and ${to} would wait for each other, so the edge only informs`,
      });
    }
    const earlier = place.known === undefined ? null : findPlaced('dependencies', place.known.row_id);
    const type = closes || earlier?.row['dependency_type'] === 'informs' ? 'informs' : 'blocks';
    const satisfied = isSatisfied('step', to);
    at.writer.put(
      {
        kind: 'dependencies',
        table: 'dependencies',
        values: {
          source_type: 'step',
          source_id: from,
          target_type: 'step',
          target_id: to,
          dependency_type: type,
          status: satisfied ? 'satisfied' : 'pending',
          satisfied_at: satisfied ? dates.updated_at : null,
          created_at: dates.created_at,
          meta: type === 'informs' ? metaJson({ said: { type: { as: 'informs', said: 'blocks' } } }) : null,
        },
      },
      place,
    );
  }
}

/** What of `confirmation_state` belongs to no phase or step, or confirms nothing: kept in the plan's meta. */
function listLeftConfirmations({ at, path }: PlanImport, { phases, steps, confirmations }: StepOutline): void {
  const attached =
    phases.filter(({ approval }) => approval !== null).length +
    steps.filter(({ confirmation }) => confirmation !== null).length;
  for (let left = confirmations - attached; left > 0; left--) {
    at.tally.skip({
      kind: 'confirmations',
      path: `${path}#confirmation_state`,
      reason: 'confirms no phase or step that there is; kept in the meta of the plan',
      error: false,
    });
  }
}
