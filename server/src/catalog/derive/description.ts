/** The description of a tool: what it is for, and one signature per action. Some clients cut it at 2,048 characters. */
import type { Tool } from '../define.ts';
import { signatureOf } from './signature.ts';

const LEGEND = 'W: workspace_id or workspace_path.';

export function descriptionOf(tool: Tool): string {
  const signatures = Object.entries(tool.actions).map(([name, action]) => signatureOf(name, action, tool.brief));
  const legend = signatures.some((signature) => /\bW\b/.test(signature)) ? [LEGEND] : [];
  return [tool.summary, ...signatures, ...legend].join('\n');
}
