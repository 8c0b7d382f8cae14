/** Build scripts: commands worth repeating, of a workspace or of one plan. They are stored and shown, never run. */
import { now } from '../domain/clock.ts';
import { newId } from '../domain/ids.ts';
import { type JsonObject, toJson } from '../domain/stored-values.ts';
import { findRows } from './live-or-archived.ts';
import { requirePlanOf } from './plan-db.ts';
import { queryAll, transaction } from './query-helpers.ts';
import type { BuildScriptRow } from './types.ts';
import { deleteRows, insertRow } from './write-helpers.ts';

export interface NewBuildScript {
  name: string;
  command: string;
  /** Where it runs, relative to the workspace or absolute. */
  directory: string;
  description?: string | null | undefined;
  plan_id?: string | null | undefined;
  meta?: JsonObject | null | undefined;
  /** For imported scripts. */
  id?: string | undefined;
  created_at?: string | undefined;
}

/** @throws invalid_input when the workspace, or a live plan of it, does not exist. */
export function addBuildScript(wsId: string, data: NewBuildScript): BuildScriptRow {
  return transaction(() => {
    if (data.plan_id) requirePlanOf(wsId, data.plan_id);
    const created = data.created_at ?? now();
    return insertRow('build_scripts', {
      ...data,
      id: data.id ?? newId('buildScript'),
      workspace_id: wsId,
      meta: toJson(data.meta),
      created_at: created,
      updated_at: created,
    });
  });
}

/** The scripts of the workspace itself and, with a plan, that plan's too, in the order they were added. */
export function getBuildScripts(wsId: string, planId?: string): BuildScriptRow[] {
  const own = queryAll<BuildScriptRow>(
    'SELECT * FROM build_scripts WHERE workspace_id = ? AND plan_id IS NULL ORDER BY seq',
    [wsId],
  );
  if (planId === undefined) return own;
  return [...own, ...findRows('build_scripts', 'WHERE workspace_id = ? AND plan_id = ? ORDER BY seq', [wsId, planId])];
}

/** One script of the workspace or, with a plan, of that plan. */
export function findBuildScript(wsId: string, scriptId: string, planId?: string): BuildScriptRow | null {
  return getBuildScripts(wsId, planId).find(({ id }) => id === scriptId) ?? null;
}

/** Answers whether there was one. */
export function deleteBuildScript(wsId: string, scriptId: string): boolean {
  return transaction(() => deleteRows('build_scripts', 'workspace_id = ? AND id = ?', [wsId, scriptId]) > 0);
}
