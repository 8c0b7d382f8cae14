/**
 * A first look over the plans of one workspace: which there are, which belong together. What a plan's file says of
 * programs and dependencies disagrees with what others say, so it is put together here, before any row is written.
 */
import { join } from 'node:path';
import type { JsonObject } from '../../domain/stored-values.ts';
import { listFolder, listTree, readJson } from '../source-files.ts';
import { field, isObject } from '../values.ts';

export interface SurveyedPlan {
  /** Folder, from the folder of the workspace on. */
  path: string;
  id: string;
  isContainer: boolean;
  /** What it says about others, in order. */
  childIds: readonly string[];
  programId: string | null;
  parentProgramId: string | null;
  dependsOn: readonly string[];
}

/** A plan of a program, and who said so. */
export interface Membership {
  programId: string;
  planId: string;
  /** The file that says it first. */
  path: string;
}

export interface Survey {
  plans: readonly SurveyedPlan[];
  /** Folders of plans whose file cannot be read, with the reason. */
  broken: ReadonlyMap<string, string>;
  /** Ids of the plans that are containers of others. */
  containers: ReadonlySet<string>;
  /** Programs of the second generation: id → folder. */
  programs: ReadonlyMap<string, string>;
  memberships: readonly Membership[];
}

/** Looks at the workspace in this folder. */
export function survey(folder: string): Survey {
  const plans: SurveyedPlan[] = [];
  const broken = new Map<string, string>();
  for (const path of planFolders(folder)) {
    const read = readJson(join(folder, path, 'state.json'));
    if (!read.ok) {
      // A folder without any file holds nothing that could be lost.
      const isEmpty = listTree(join(folder, path)).length === 0;
      if (!isEmpty) broken.set(path, read.reason.includes('ENOENT') ? 'no state.json' : read.reason);
    } else if (!isObject(read.value)) broken.set(path, `holds ${kindOf(read.value)} instead of a plan`);
    else plans.push(surveyed(path, read.value));
  }
  const programs = new Map<string, string>();
  const manifests: Membership[] = [];
  for (const name of listFolder(join(folder, 'programs')).folders) {
    const path = `programs/${name}`;
    const read = readJson(join(folder, path, 'program.json'));
    if (!read.ok || !isObject(read.value)) continue;
    const id = idIn(read.value, ['id', 'program_id']) ?? name;
    programs.set(id, path);
    const manifest = readJson(join(folder, path, 'manifest.json'));
    const planIds = manifest.ok && isObject(manifest.value) ? texts(field(manifest.value, 'plan_ids')) : [];
    for (const planId of planIds) manifests.push({ programId: id, planId, path: `${path}/manifest.json` });
  }
  const containers = new Set(
    plans.filter(({ isContainer, id }) => isContainer && !programs.has(id)).map(({ id }) => id),
  );
  return { plans, broken, containers, programs, memberships: membershipsOf(plans, manifests) };
}

/** Folders of plans: those in `plans/`, then those in `plans/_archived/`. */
function planFolders(folder: string): string[] {
  const inside = (path: string) => listFolder(join(folder, path)).folders.map((name) => `${path}/${name}`);
  const archived = 'plans/_archived';
  return [...inside('plans').filter((path) => path !== archived), ...inside(archived)];
}

function surveyed(path: string, state: JsonObject): SurveyedPlan {
  const childIds = texts(field(state, 'child_plan_ids'));
  return {
    path,
    id: idIn(state, ['id', 'plan_id']) ?? path.slice(path.lastIndexOf('/') + 1),
    isContainer: field(state, 'is_program') === true || childIds.length > 0,
    childIds,
    programId: idIn(state, ['program_id']),
    parentProgramId: idIn(state, ['parent_program_id']),
    dependsOn: texts(field(state, 'depends_on_plans')),
  };
}

/** What a plan's neighbours say of it: its program, the plans in it, and the plans that it waits for. */
export function factsOf({ plans, containers, programs, memberships }: Survey, plan: SurveyedPlan) {
  const known = new Set(plans.map(({ id }) => id));
  const isProgram = (id: string) => containers.has(id) || programs.has(id);
  const programOf = new Map(
    memberships
      .toReversed()
      .filter(({ programId }) => isProgram(programId))
      .map((it) => [it.planId, it.programId]),
  );
  const childPlanIds = containers.has(plan.id)
    ? memberships
        .filter((it) => it.programId === plan.id && known.has(it.planId) && programOf.get(it.planId) === plan.id)
        .map(({ planId }) => planId)
    : null;
  return {
    programId: programOf.get(plan.id) ?? null,
    childPlanIds,
    dependsOnPlans: [...new Set(plan.dependsOn)].filter((id) => known.has(id) && id !== plan.id),
  };
}

/** Each pair once; what the program itself lists comes first, in its order. */
function membershipsOf(plans: readonly SurveyedPlan[], manifests: readonly Membership[]): Membership[] {
  const all: Membership[] = [
    ...plans.flatMap(({ id, childIds, path }) =>
      childIds.map((planId) => ({ programId: id, planId, path: `${path}/state.json` })),
    ),
    ...manifests,
  ];
  for (const name of ['programId', 'parentProgramId'] as const) {
    for (const plan of plans) {
      const programId = plan[name];
      if (programId !== null) all.push({ programId, planId: plan.id, path: `${plan.path}/state.json` });
    }
  }
  const seen = new Set<string>();
  return all.filter(({ programId, planId }) => {
    const pair = `${programId}\n${planId}`;
    return !seen.has(pair) && seen.add(pair);
  });
}

function idIn(object: JsonObject, names: readonly string[]): string | null {
  const found = names.map((name) => field(object, name)).find((value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? found : null;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
