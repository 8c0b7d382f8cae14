/** The description of a tool: what it is for, and one signature per action. */
import type { Tool } from '../define.ts';
import { signatureOf } from './signature.ts';

/** Some clients cut descriptions at 2,048 characters. */
export const MAX_DESCRIPTION = 1_900;

const LEGEND =
  'W: workspace_id or workspace_path. Common: session_id; detail; limit, cursor; request_id (safe retries).';

export function descriptionOf(tool: Tool): string {
  const signatures = Object.entries(tool.actions).map(([name, action]) => signatureOf(name, action));
  return `${tool.summary}\n${signatures.join('\n')}\n${LEGEND}`;
}
