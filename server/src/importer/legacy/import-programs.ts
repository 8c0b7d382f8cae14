/** Writes the programs of a workspace: plans that contain others, from the first generation, and folders of the second. */
import { join } from 'node:path';
import type { JsonObject } from '../../domain/stored-values.ts';
import { leftoversOf, metaJson } from '../leftovers.ts';
import { listTree, modifiedAt, readJson } from '../source-files.ts';
import { keyOf, SourceFile } from '../sources.ts';
import { field, isObject } from '../values.ts';
import { ownId } from './import-plan-children.ts';
import { noteWorkspace, objectsOf, readJsonOf, skipFile, type WorkspaceImport } from './place.ts';
import { programColumns, programElement, riskColumns, riskElement } from './program-record.ts';
import type { SurveyedPlan } from './survey.ts';

/** Before the plans: so that a plan can name its program. */
export function importPrograms(at: WorkspaceImport): void {
  for (const plan of at.survey.plans) {
    if (at.survey.containers.has(plan.id) && !at.programIds.has(plan.id)) importContainer(at, plan);
  }
  for (const [id, folder] of at.survey.programs) importProgramFolder(at, id, folder);
}

/** The program is a row beside the plan that contains the others: that plan keeps its own steps, sessions and lineage. */
function importContainer(at: WorkspaceImport, plan: SurveyedPlan): void {
  const path = `${plan.path}/state.json`;
  const read = readJson(join(at.folder, path));
  if (!read.ok || !isObject(read.value)) return;
  const columns = programColumns(read.value, {
    id: plan.id,
    since: modifiedAt(join(at.folder, path)),
    // The plan's own row reports what it does not know.
    unknown: () => undefined,
  });
  const written = at.writer.putOne(new SourceFile(at.workspaceId, path), {
    kind: 'programs',
    table: 'programs',
    values: {
      ...columns,
      category: 'program',
      workspace_id: at.workspaceId,
      source_plan_id: plan.id,
      meta: metaJson({ container: plan.id }),
    },
  });
  at.programIds.set(plan.id, written.id);
}

function importProgramFolder(at: WorkspaceImport, id: string, folder: string): void {
  readJsonOf(at, `${folder}/program.json`, 'programs', (element) => {
    if (!isObject(element)) return;
    noteWorkspace(at, element);
    const path = `${folder}/program.json`;
    const columns = programColumns(element, {
      id,
      since: modifiedAt(join(at.folder, path)),
      unknown: at.tally.unknownIn(path),
    });
    // A plan may have the same id, from the time when it was the container.
    const own = at.survey.plans.some((plan) => plan.id === id) ? undefined : { field: 'id', value: id };
    const left = leftoversOf(element, programElement(columns, id, at.name), own === undefined ? { container: id } : {});
    const written = at.writer.putOne(new SourceFile(at.workspaceId, path), {
      kind: 'programs',
      table: 'programs',
      id: own,
      values: {
        ...columns,
        workspace_id: at.workspaceId,
        source_plan_id: null,
        meta: metaJson({ ...left, folder: true, ...manifestOf(at, folder) }),
      },
    });
    at.programIds.set(id, written.id);
  });
  importRisks(at, id, `${folder}/risks.json`);
  for (const name of listTree(join(at.folder, folder))) {
    if (name === 'manifest.json') readJsonOf(at, `${folder}/${name}`, 'files', () => undefined);
    else if (!['program.json', 'risks.json', 'dependencies.json'].includes(name)) {
      skipFile(at, `${folder}/${name}`, 'not a part of the layout of a program');
    }
  }
}

/** What the manifest says beside its plans. */
function manifestOf(at: WorkspaceImport, folder: string): JsonObject {
  const read = readJson(join(at.folder, folder, 'manifest.json'));
  if (!read.ok || !isObject(read.value)) return {};
  const { program_id: _id, plan_ids: _plans, ...manifest } = read.value;
  return Object.keys(manifest).length > 0 ? { manifest } : {};
}

function importRisks(at: WorkspaceImport, programId: string, path: string): void {
  const rowId = at.programIds.get(programId);
  if (rowId === undefined || !hasFile(at, path)) return;
  readJsonOf(at, path, 'risks', (list) => {
    const source = new SourceFile(at.workspaceId, path);
    const risks = objectsOf(at, path, 'risks', Array.isArray(list) ? list : [list], isObject);
    const { placed } = source.match('risks', risks, (risk) => ownId(risk, 'id')?.value ?? keyOf(field(risk, 'title')));
    for (const { element: risk, place } of placed) {
      const id = ownId(risk, 'id');
      const columns = riskColumns(
        risk,
        modifiedAt(join(at.folder, path)),
        at.tally.unknownIn(`${path}[${place.position}]`),
      );
      const left = leftoversOf(
        risk,
        riskElement(columns, id?.value ?? null, programId),
        id === undefined ? { no_id: true } : {},
      );
      const item = {
        kind: 'risks',
        table: 'program_risks' as const,
        id,
        values: { ...columns, program_id: rowId, meta: metaJson(left) },
      };
      at.writer.put(item, place);
    }
  });
}

/** Whether the workspace has this file. */
export function hasFile(at: WorkspaceImport, path: string): boolean {
  const cut = path.lastIndexOf('/');
  return listTree(join(at.folder, path.slice(0, cut))).includes(path.slice(cut + 1));
}
