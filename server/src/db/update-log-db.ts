/** The update log of a workspace: what was done in it, kept until the workspace goes. */
import { now } from '../domain/clock.ts';
import { newId } from '../domain/ids.ts';
import { type JsonObject, toJson } from '../domain/stored-values.ts';
import { currentOperation } from './operation.ts';
import { queryAll, run } from './query-helpers.ts';
import type { UpdateLogRow } from './types.ts';

export interface UpdateLogEntry {
  tool: string;
  action?: string | null | undefined;
  file_path?: string | null | undefined;
  summary?: string | null | undefined;
  plan_id?: string | null | undefined;
  step_id?: string | null | undefined;
  session_id?: string | null | undefined;
  agent_type?: string | null | undefined;
  data?: JsonObject | null | undefined;
  created_at?: string | undefined;
}

/** @throws invalid_input when the workspace does not exist. */
export function addUpdateLog(wsId: string, entry: UpdateLogEntry): void {
  run(
    `INSERT INTO update_log (id, workspace_id, plan_id, step_id, session_id, agent_type, tool, action, file_path,
       summary, data, created_at, operation_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      newId('updateLog'),
      wsId,
      entry.plan_id ?? null,
      entry.step_id ?? null,
      entry.session_id ?? null,
      entry.agent_type ?? null,
      entry.tool,
      entry.action ?? null,
      entry.file_path ?? null,
      entry.summary ?? null,
      toJson(entry.data) ?? null,
      entry.created_at ?? now(),
      currentOperation()?.id ?? null,
    ],
  );
}

/** The entries of a workspace, newest first. */
export function getUpdateLog(wsId: string, limit = 50, offset = 0): UpdateLogRow[] {
  return queryAll<UpdateLogRow>(
    'SELECT * FROM update_log WHERE workspace_id = ? ORDER BY created_at DESC, seq DESC LIMIT (? + 0) OFFSET ?',
    [wsId, limit, offset],
  );
}

/** Forgets the log of a workspace that goes away. */
export function deleteUpdateLog(wsId: string): void {
  run('DELETE FROM update_log WHERE workspace_id = ?', [wsId]);
}

/** Gives the log of a workspace to the one that it became part of. */
export function moveUpdateLog(fromWorkspaceId: string, toWorkspaceId: string): void {
  run('UPDATE update_log SET workspace_id = ? WHERE workspace_id = ?', [toWorkspaceId, fromWorkspaceId]);
}
