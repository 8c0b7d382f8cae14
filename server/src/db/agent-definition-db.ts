/** Agent definitions: the Markdown that tells an agent of this name what its duty is. */
import type { JsonObject } from '../domain/stored-values.ts';
import { getNamed, listNamed, type SeedMark, storeNamed } from './named-content.ts';
import type { AgentDefinitionRow } from './types.ts';

/** Stores an agent, or replaces the one of this name, whatever the case of its letters. */
export function storeAgent(
  name: string,
  content: string,
  metadata: JsonObject = {},
  mark?: SeedMark,
): AgentDefinitionRow {
  return storeNamed('agent_definitions', name, { content, metadata: JSON.stringify(metadata) }, mark);
}

export function getAgent(name: string): AgentDefinitionRow | null {
  return getNamed('agent_definitions', name);
}

/** All agents by name. */
export function listAgents(): AgentDefinitionRow[] {
  return listNamed('agent_definitions');
}
