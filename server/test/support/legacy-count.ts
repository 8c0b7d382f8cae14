/**
 * Counts what a data directory of the old file store holds, by a plain walk over its files. It shares no code with the
 * importer, on purpose.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface LegacyCounts {
  plans: number;
  archivedPlans: number;
  phases: number;
  steps: Record<string, number>;
  openSessions: number;
  closedSessions: number;
  lineage: number;
  notes: number;
  contextFiles: number;
  sections: number;
  research: number;
  knowledge: number;
  updateLog: number;
  auditLog: number;
  scripts: number;
  memberships: number;
  planDependencies: number;
  programs: number;
  events: number;
}

// biome-ignore lint/suspicious/noExplicitAny: a dumb look at files of any shape
type Any = any;

export function countDirectory(root: string): LegacyCounts {
  const counts: LegacyCounts = {
    plans: 0,
    archivedPlans: 0,
    phases: 0,
    steps: {},
    openSessions: 0,
    closedSessions: 0,
    lineage: 0,
    notes: 0,
    contextFiles: 0,
    sections: 0,
    research: 0,
    knowledge: 0,
    updateLog: 0,
    auditLog: 0,
    scripts: 0,
    memberships: 0,
    planDependencies: 0,
    programs: 0,
    events: 0,
  };
  const all = files(root);
  const plans: Any[] = [];
  for (const file of all) {
    const name = basename(file);
    const folder = basename(dirname(file));
    const inPlan = file.includes('/plans/');
    if (
      inPlan &&
      name === 'state.json' &&
      folder !== '_archived' &&
      basename(dirname(dirname(file))) !== 'investigations'
    ) {
      plans.push(read(file));
    } else if (inPlan && folder !== '_archived' && name.endsWith('.json')) counts.contextFiles++;
    else if (inPlan && (folder === 'research_notes' || folder === 'prompts')) counts.research++;
    else if (folder === 'knowledge') counts.knowledge++;
    else if (folder === 'programs' || name === 'program.json') counts.programs++;
    else if (name === 'workspace.context.json') {
      const context = read(file);
      counts.sections += Object.keys(context.sections ?? {}).length;
      counts.updateLog += context.update_log?.entries?.length ?? 0;
      counts.auditLog += context.audit_log?.entries?.length ?? 0;
    } else if (name === 'workspace.meta.json') counts.scripts += read(file).workspace_build_scripts?.length ?? 0;
  }
  const ids = new Set(plans.map((plan) => plan.id));
  const members = new Set<string>();
  for (const plan of plans) {
    counts.plans++;
    if (plan.status === 'archived') counts.archivedPlans++;
    counts.phases += new Set([
      ...(plan.phases ?? []).map((phase: Any) => phase.name),
      ...plan.steps.map((step: Any) => step.phase),
    ]).size;
    for (const step of plan.steps) counts.steps[step.status] = (counts.steps[step.status] ?? 0) + 1;
    for (const session of plan.agent_sessions ?? []) {
      if (session.completed_at === undefined) counts.openSessions++;
      else counts.closedSessions++;
    }
    counts.lineage += plan.lineage?.length ?? 0;
    counts.notes += (plan.pending_notes?.length ?? 0) + (plan.notes?.length ?? 0);
    counts.scripts += plan.build_scripts?.length ?? 0;
    counts.planDependencies += (plan.depends_on_plans ?? []).filter((id: string) => ids.has(id)).length;
    if (plan.is_program) counts.programs++;
    for (const child of plan.child_plan_ids ?? []) if (ids.has(child)) members.add(child);
    if (plan.program_id || plan.parent_program_id) members.add(plan.id);
  }
  counts.memberships = members.size;
  const events = all.filter((file) => basename(dirname(file)) === 'events');
  const seen = new Set<string>();
  for (const file of events) {
    const lines = file.endsWith('.log') ? readFileSync(file, 'utf8').split('\n') : [readFileSync(file, 'utf8')];
    for (const line of lines) if (line.trim() !== '') seen.add(JSON.parse(line).id);
  }
  counts.events = seen.size;
  return counts;
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
}

function read(file: string): Any {
  return JSON.parse(readFileSync(file, 'utf8'));
}
