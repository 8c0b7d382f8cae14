/** A workspace as one object. Rows become this in db/mappers.ts. */
import type { JsonObject } from './stored-values.ts';

export interface WorkspaceMeta {
  workspace_id: string;
  path: string;
  name: string;
  parent_workspace_id: string | null;
  child_workspace_ids: string[];
  /** Every other path that leads to it. */
  paths: string[];
  legacy_workspace_ids: string[];
  active_plans: string[];
  archived_plans: string[];
  active_programs: string[];
  profile: JsonObject | null;
  meta: JsonObject | null;
  created_at: string;
  updated_at: string;
}
