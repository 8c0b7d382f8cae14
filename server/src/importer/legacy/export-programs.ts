/** The programs of a workspace as files: those that a plan contains go with that plan, the others get a folder. */
import { edgesFrom, findPlaced, listProgramPlans, listRisks, type PlanRow, type ProgramRow } from '../../db/index.ts';
import { importedOf, withLeftovers } from '../leftovers.ts';
import { isObject } from '../values.ts';
import { type ExportFolder, fileName } from './export-files.ts';
import { edgeElement, programElement, riskElement } from './program-record.ts';

/** The id that a program has in the file store. */
export function programSourceId(program: ProgramRow): string {
  const container = importedOf(program.meta)['container'];
  return typeof container === 'string' ? container : program.id;
}

/** Whether a plan's own file is the program's. */
export function isContained(program: ProgramRow, sourceIds: ReadonlyMap<string, string>): boolean {
  const { container, folder } = importedOf(program.meta);
  return typeof container === 'string' && folder !== true && [...sourceIds.values()].includes(container);
}

export function exportProgram(
  folder: ExportFolder,
  workspaceFolder: string,
  program: ProgramRow,
  plans: readonly PlanRow[],
  sourceIds: ReadonlyMap<string, string>,
): void {
  const id = programSourceId(program);
  const left = importedOf(program.meta);
  const place = `${workspaceFolder}/programs/${fileName(id)}`;
  folder.json(
    `${place}/program.json`,
    withLeftovers(programElement(program, id, program.workspace_id), left),
    program.created_at,
  );
  const planIds = listProgramPlans(program.id).map((plan) => sourceIds.get(plan.id) ?? plan.id);
  const manifest = left['folder'] === true ? left['manifest'] : { updated_at: program.updated_at };
  folder.json(
    `${place}/manifest.json`,
    { program_id: id, plan_ids: planIds, ...(isObject(manifest) ? manifest : {}) },
    program.created_at,
  );
  const risks = listRisks(program.id).toSorted((a, b) => a.seq - b.seq);
  if (risks.length > 0) {
    const elements = risks.map((risk) => {
      const own = importedOf(risk.meta);
      return withLeftovers(riskElement(risk, own['no_id'] === true ? null : risk.id, id), own);
    });
    folder.json(`${place}/risks.json`, elements, program.created_at);
  }
  const edges = plans
    .flatMap((plan) => edgesFrom(plan.id))
    .filter((edge) => importedOf(edge.meta)['program'] === id)
    .toSorted((a, b) => a.seq - b.seq);
  if (edges.length > 0) {
    const end = (type: string, node: string) => {
      const phase = type === 'phase' ? findPlaced('phases', node)?.row : undefined;
      const planId = phase === undefined ? node : String(phase['plan_id']);
      return { plan: sourceIds.get(planId) ?? planId, phase: phase === undefined ? null : String(phase['name']) };
    };
    const elements = edges.map((edge) => {
      const own = importedOf(edge.meta);
      const [source, target] = [end(edge.source_type, edge.source_id), end(edge.target_type, edge.target_id)];
      const ends = {
        sourcePlan: source.plan,
        sourcePhase: source.phase,
        targetPlan: target.plan,
        targetPhase: target.phase,
      };
      return withLeftovers(edgeElement(edge, own['no_id'] === true ? null : edge.id, ends), own);
    });
    folder.json(`${place}/dependencies.json`, elements, program.created_at);
  }
}
