/** Writes what a reader of a neighbouring tool answered, into one workspace, behind the same report. */
import {
  checkCycle,
  createWorkspace,
  findPlaced,
  getWorkspace,
  getWorkspaceByPath,
  isSatisfied,
} from '../../db/index.ts';
import { notFound } from '../../domain/errors.ts';
import type { ImportRun } from '../import-run.ts';
import { slugOf } from '../legacy/workspace-record.ts';
import { BEHIND, isReordered, orderPhases, orderSteps } from '../order.ts';
import type { Tally } from '../report.ts';
import { keyOf, SourceFile } from '../sources.ts';
import { firstTime, textOr, textOrNull, wordOrNull } from '../values.ts';
import { Writer, type Written } from '../write.ts';
import type { Found, Outline, OutlinedKnowledge, OutlinedPlan, OutlinedTask } from './outline.ts';

/** Imports an outline into the named workspace, or into that of the project, which is registered if need be. */
export function importOutline(run: ImportRun, format: string, found: Found, outline: Outline): void {
  const target = run.workspace === undefined ? null : namedWorkspace(run.workspace);
  run.workspaceIn(found.project, (tally) => {
    const workspaceId = target ?? projectWorkspace(found.project, tally);
    const writer = new Writer(workspaceId, tally);
    tally.count('files', 'unchanged', outline.files - outline.skipped.filter(({ kind }) => kind === 'files').length);
    for (const skip of outline.skipped) tally.skip(skip);
    tally.notes.push(...outline.notes);
    tally.unknownWords.push(...outline.unknownWords);
    const planIds = outline.plans.map((plan) => writePlan(writer, `${format}/${plan.key}`, plan));
    writeDocuments(writer, format, outline, planIds[0] ?? null);
    writeKnowledge(writer, format, outline.knowledge);
    for (let file = 0; file < outline.files; file++) run.onFile();
    return workspaceId;
  });
}

function namedWorkspace(id: string): string {
  const workspace = getWorkspace(id) ?? getWorkspaceByPath(id);
  if (workspace !== null) return workspace.id;
  throw notFound('workspace', id, 'Leave --workspace out to import into the workspace of the project.');
}

function projectWorkspace(project: string, tally: Tally): string {
  const known = getWorkspaceByPath(project);
  tally.count('workspaces', known === null ? 'new' : 'unchanged');
  return (known ?? createWorkspace({ path: project })).id;
}

function writePlan(writer: Writer, path: string, plan: OutlinedPlan): string {
  const source = new SourceFile(writer.workspaceId, path);
  const isDone = plan.tasks.length > 0 && plan.tasks.every(({ status }) => status === 'done');
  const { id: planId } = writer.putOne(source, {
    kind: 'plans',
    table: 'plans',
    values: {
      workspace_id: writer.workspaceId,
      title: textOr(plan.title, plan.key, 500),
      description: textOrNull(plan.description),
      status: isDone ? 'completed' : 'active',
      execution: 'free',
      completed_at: isDone
        ? firstTime(
            ...plan.tasks
              .map(({ completedAt }) => completedAt)
              .toSorted()
              .toReversed(),
            plan.updatedAt,
          )
        : null,
      created_at: plan.createdAt,
      updated_at: plan.updatedAt,
      meta: JSON.stringify(plan.meta),
    },
  });
  if (findPlaced('plans', planId)?.archived !== false) {
    writer.tally.notes.push({
      kind: 'plans',
      path,
      reason: `plan ${planId} is not live here, so its tasks were left as they are`,
    });
    return planId;
  }
  const phases = writePhases(writer, source, planId, plan);
  const steps = writeTasks(writer, source, planId, plan, phases);
  writeEdges(writer, source, plan.tasks, steps);
  return planId;
}

function writePhases(writer: Writer, source: SourceFile, planId: string, plan: OutlinedPlan): Map<string, Written> {
  const names = [...new Set(plan.tasks.map(({ phase }) => phase))];
  const { placed } = source.match('phases', names, (name) => keyOf(name));
  const written = placed.map(({ element: name, place }, position) =>
    writer.put(
      {
        kind: 'phases',
        table: 'phases',
        values: {
          plan_id: planId,
          name: textOr(name, 'Tasks', 500),
          order_index: source.isNew ? position : BEHIND + position,
          created_at: plan.createdAt,
          updated_at: plan.updatedAt,
        },
      },
      place,
    ),
  );
  if (!source.isNew && (written.some(({ outcome }) => outcome === 'new') || isReordered(placed))) {
    orderPhases(
      planId,
      written.map(({ id }) => id),
    );
  }
  return new Map(names.map((name, position) => [name, written[position] as Written]));
}

function writeTasks(
  writer: Writer,
  source: SourceFile,
  planId: string,
  plan: OutlinedPlan,
  phases: ReadonlyMap<string, Written>,
): Written[] {
  const { placed, gone } = source.match('steps', plan.tasks, ({ key }) => key);
  for (const { row_id, position } of gone)
    writer.tally.gone.push({ kind: 'steps', path: source.path, position, reason: `step ${row_id}` });
  const counts = new Map<string, number>();
  const written = placed.map(({ element: task, place }, position) => {
    const order = counts.get(task.phase) ?? 0;
    counts.set(task.phase, order + 1);
    return writer.put(
      {
        kind: 'steps',
        table: 'steps',
        values: {
          plan_id: planId,
          phase_id: phases.get(task.phase)?.id ?? null,
          order_index: source.isNew ? order : BEHIND + position,
          task: textOr(task.task, '(no text)'),
          type: task.type,
          status: task.status,
          notes: textOrNull(task.notes),
          assignee: wordOrNull(task.assignee),
          blocked_reason: textOrNull(task.blockedReason),
          completed_at: task.completedAt,
          created_at: task.createdAt,
          updated_at: task.updatedAt,
          meta: JSON.stringify(task.meta),
        },
      },
      place,
    );
  });
  if (
    !source.isNew &&
    (written.some(({ outcome }) => outcome === 'new' || outcome === 'updated') || isReordered(placed))
  ) {
    orderSteps(
      planId,
      written.map(({ id }, position) => ({ id, phaseId: phases.get(plan.tasks[position]?.phase ?? '')?.id })),
    );
  }
  return written;
}

function writeEdges(
  writer: Writer,
  source: SourceFile,
  tasks: readonly OutlinedTask[],
  steps: readonly Written[],
): void {
  const ids = new Map(tasks.map(({ key }, position) => [key, steps[position]?.id ?? '']));
  const edges = tasks.flatMap((task, position) => task.dependsOn.map((target) => ({ task, position, target })));
  const { placed } = source.match('dependencies', edges, ({ task, target }) => `${task.key} ${target.key}`);
  for (const { element: edge, place } of placed) {
    const { task, position, target } = edge;
    const [from, to] = [ids.get(task.key), ids.get(target.key)];
    if (from === undefined || to === undefined || from === to) {
      const reason = from === to ? 'it would wait for itself' : `${target.key} is not there`;
      writer.tally.skip({
        kind: 'dependencies',
        path: source.path,
        position,
        reason: `${task.key}: ${reason}`,
        error: false,
      });
      continue;
    }
    const isKnown = place.known !== undefined;
    const closes = !isKnown && target.type === 'blocks' && checkCycle('step', from, 'step', to);
    if (closes)
      writer.tally.notes.push({
        kind: 'dependencies',
        path: source.path,
        reason: `${task.key} and ${target.key} wait for each other, so the edge only informs`,
      });
    const now =
      place.known === undefined ? undefined : findPlaced('dependencies', place.known.row_id)?.row['dependency_type'];
    const satisfied = isSatisfied('step', to);
    writer.put(
      {
        kind: 'dependencies',
        table: 'dependencies',
        values: {
          source_type: 'step',
          source_id: from,
          target_type: 'step',
          target_id: to,
          dependency_type: closes || now === 'informs' ? 'informs' : target.type,
          status: satisfied ? 'satisfied' : 'pending',
          satisfied_at: satisfied ? task.updatedAt : null,
          created_at: task.createdAt,
        },
      },
      place,
    );
  }
}

function writeDocuments(writer: Writer, format: string, { documents }: Outline, planId: string | null): void {
  const source = new SourceFile(writer.workspaceId, `${format}/documents`);
  for (const { filename, content, createdAt } of documents) {
    const values = {
      workspace_id: writer.workspaceId,
      plan_id: planId,
      filename: filename.slice(0, 300),
      content,
      created_at: createdAt,
      updated_at: createdAt,
    };
    writer.putOne(source, { kind: 'documents', table: 'research_documents', values }, filename);
  }
}

function writeKnowledge(writer: Writer, format: string, knowledge: readonly OutlinedKnowledge[]): void {
  const source = new SourceFile(writer.workspaceId, `${format}/knowledge`);
  const slugs = new Set<string>();
  for (const item of knowledge) {
    const plain = slugOf(item.key);
    const slug = slugs.has(plain) ? `${plain.slice(0, 90)}-${slugOf(keyOf(item.key).slice(0, 8))}` : plain;
    slugs.add(slug);
    const values = {
      workspace_id: writer.workspaceId,
      slug,
      title: textOr(item.title, slug, 500),
      category: textOr(item.category, 'reference', 100),
      data: JSON.stringify(item.data),
      created_at: item.createdAt,
      updated_at: item.createdAt,
    };
    const { outcome } = writer.putOne(source, { kind: 'knowledge', table: 'knowledge', values }, item.key);
    writer.tally.count('relations', outcome, item.relations);
  }
}
