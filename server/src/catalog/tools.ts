/** The eight tools. */
import { adminTool } from './admin.ts';
import { agentTool } from './agent.ts';
import { contextTool } from './context.ts';
import type { Tool } from './define.ts';
import { catalogRows } from './derive/rows.ts';
import { libraryTool } from './library.ts';
import { planTool } from './plan.ts';
import { queryTool } from './query.ts';
import { stepsTool } from './steps.ts';
import { workspaceTool } from './workspace.ts';

export const TOOLS: readonly Tool[] = [
  queryTool,
  workspaceTool,
  planTool,
  stepsTool,
  agentTool,
  contextTool,
  libraryTool,
  adminTool(() => catalogRows(TOOLS)),
];

export interface Selection {
  /** `core`: only the actions marked as core. */
  tools?: 'all' | 'core' | undefined;
  /** Only reads. */
  readOnly?: boolean | undefined;
}

/** The tools of a server, chosen once at its start. A tool that is left without actions is left out. */
export function selectTools({ tools = 'all', readOnly = false }: Selection): readonly Tool[] {
  return TOOLS.map((tool) => ({
    ...tool,
    brief: tools === 'core',
    annotations: readOnly ? queryTool.annotations : tool.annotations,
    actions: Object.fromEntries(
      Object.entries(tool.actions).filter(
        ([, action]) => (tools === 'all' || action.core) && (!readOnly || action.effect !== 'write'),
      ),
    ),
  })).filter(({ actions }) => Object.keys(actions).length > 0);
}
