/** What the catalog says of tools, their actions and parameters, as data: to be stored, shown and made into commands. */

export interface CatalogParam {
  name: string;
  type: string;
  enum_values: readonly string[] | null;
  required: boolean;
  default_value?: unknown;
  description: string | null;
  /** The value it has in the action's example. */
  example?: unknown;
}

export interface CatalogAction {
  name: string;
  description: string;
  effect: 'read' | 'write' | 'wait';
  core: boolean;
  /** `next(plan_id, agent_type, notes?)` */
  signature: string;
  /** One valid call, the action included. */
  example: object;
  params: readonly CatalogParam[];
}

export interface CatalogTool {
  name: string;
  description: string;
  annotations: object;
  actions: readonly CatalogAction[];
}
