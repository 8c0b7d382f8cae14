/** The description of a tool: what it is for, and one signature per action. */
import type { Tool } from '../define.ts';
import { signatureOf } from './signature.ts';

/** Some clients cut descriptions at 2,048 characters. */
export const MAX_DESCRIPTION = 1_900;

const LEGEND = 'W: workspace_id or workspace_path.';

export function descriptionOf(tool: Tool): string {
  const signatures = Object.entries(tool.actions).map(([name, action]) => signatureOf(name, action));
  const legend = signatures.some((signature) => /\bW\b/.test(signature)) ? [LEGEND] : [];
  return [tool.summary, ...signatures, ...legend].join('\n');
}
