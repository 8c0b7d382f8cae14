/** memory_plan: what must be done before what. */
import * as z from 'zod';
import {
  addDependency,
  type DependencyRow,
  findEntity,
  getDependencies,
  getDependency,
  getDependents,
  removeDependency,
} from '../db/index.ts';
import { DEPENDENCY_TYPES, NODE_TYPES, type NodeType } from '../domain/vocabulary.ts';
import type { Call } from './call.ts';
import { action } from './define.ts';
import { requireParent, unknownId } from './lookup.ts';
import { sliceOf } from './page.ts';
import { id, PAGE } from './params.ts';

const add = action({
  summary: 'The source DEPENDS ON the target: plans, phases and steps, mixed. A cycle is refused.',
  effect: 'write',
  core: true,
  params: { source_id: id, target_id: id, type: z.enum(DEPENDENCY_TYPES).optional() },
  example: { source_id: 'step_0123456789ab', target_id: 'step_cdefghjkmnpq' },
  run: ({ source_id, target_id, type }, call) => {
    const target = requireNode(call, target_id);
    const source = requireNode(call, source_id);
    return addDependency(source, source_id, target, target_id, type);
  },
  render: (edge) =>
    `Depends: ${edge.source_id} ${edge.dependency_type === 'blocks' ? 'waits for' : 'is informed by'} ${edge.target_id} (${edge.id}, ${edge.status})`,
});

const listDependencies = action({
  summary: 'What a plan, phase or step depends on, and what depends on it.',
  effect: 'read',
  core: true,
  params: { id, ...PAGE },
  example: { id: 'step_0123456789ab' },
  run: (params, call) => {
    const type = requireNode(call, params.id);
    const edges = [
      ...getDependencies(type, params.id).map((edge) => ({ ...edge, direction: 'depends on' as const })),
      ...getDependents(type, params.id).map((edge) => ({ ...edge, direction: 'needed by' as const })),
    ];
    return { id: params.id, ...sliceOf(edges, params) };
  },
  render: ({ id, items, cursor }) => ({
    heading: id,
    empty: `${id} depends on nothing, and nothing depends on it.`,
    columns: ['dependency', 'direction', 'other end', 'type', 'status'],
    rows: items.map((edge) => [edge.id, edge.direction, otherEnd(edge), edge.dependency_type, edge.status]),
    cursor,
  }),
});

function otherEnd(edge: DependencyRow & { direction: string }): string {
  return edge.direction === 'depends on'
    ? `${edge.target_type} ${edge.target_id}`
    : `${edge.source_type} ${edge.source_id}`;
}

/** What kind of node has this id. @throws not_found */
function requireNode(call: Call, nodeId: string): NodeType {
  const kind = findEntity(nodeId)?.kind;
  const type = NODE_TYPES.find((candidate) => candidate === kind);
  if (type === undefined) throw unknownId(NODE_TYPES.find((name) => nodeId.startsWith(`${name}_`)) ?? 'step', nodeId);
  requireParent(call, type, nodeId);
  return type;
}

const remove = action({
  summary: 'Remove a dependency; what waited for it may go on.',
  effect: 'write',
  params: { dependency_id: id },
  example: { dependency_id: 'dep_0123456789ab' },
  run: ({ dependency_id }, call) => {
    const edge = getDependency(dependency_id);
    if (edge === null) throw unknownId('dependency', dependency_id);
    requireParent(call, edge.source_type, edge.source_id);
    removeDependency(dependency_id);
    return { id: dependency_id, source_id: edge.source_id, target_id: edge.target_id };
  },
  render: ({ id, source_id, target_id }) => `Removed: ${id}, ${source_id} no longer depends on ${target_id}`,
});

export const dependencyActions = {
  add_dependency: add,
  remove_dependency: remove,
  list_dependencies: listDependencies,
};
