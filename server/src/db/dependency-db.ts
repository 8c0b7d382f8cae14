/** Dependencies: the source depends on the target. Plans, phases and steps, mixed; the graph never has a cycle. */
import { now } from '../domain/clock.ts';
import { MemoryError, notFound } from '../domain/errors.ts';
import { reaches } from '../domain/graph.ts';
import { newId } from '../domain/ids.ts';
import { type DependencyType, NODE_TYPES, type NodeType } from '../domain/vocabulary.ts';
import { isSatisfied } from './dependency-status.ts';
import { type Param, queryAll, queryOne, transaction } from './query-helpers.ts';
import type { DependencyRow } from './types.ts';
import { deleteRow, deleteRows, insertRow } from './write-helpers.ts';

interface Node {
  type: NodeType;
  id: string;
}

/**
 * Makes the source depend on the target. `blocks` holds the source back until the target is done, `informs` is only shown.
 * Repeating an edge answers the one that is there.
 * @throws not_found for an end that does not exist (live or archived), cycle, conflict for the same edge of another type.
 */
export function addDependency(
  sourceType: NodeType,
  sourceId: string,
  targetType: NodeType,
  targetId: string,
  dependencyType: DependencyType = 'blocks',
): DependencyRow {
  return transaction(() => {
    requireNode(sourceType, sourceId);
    requireNode(targetType, targetId);
    const [known] = edges('source_type = ? AND source_id = ? AND target_type = ? AND target_id = ?', [
      sourceType,
      sourceId,
      targetType,
      targetId,
    ]);
    if (known !== undefined) {
      if (known.dependency_type === dependencyType) return known;
      throw new MemoryError(
        'conflict',
        `${sourceId} already has an edge of type ${known.dependency_type} to ${targetId}.`,
        {
          hint: `Remove dependency ${known.id} first.`,
        },
      );
    }
    if (sourceId === targetId) throw new MemoryError('cycle', `${sourceId} cannot depend on itself.`);
    if (dependencyType === 'blocks' && checkCycle(sourceType, sourceId, targetType, targetId)) {
      throw new MemoryError('cycle', `${targetId} already waits for ${sourceId}, so ${sourceId} cannot wait for it.`, {
        hint: 'Turn the edge round, or use type "informs".',
      });
    }
    const satisfied = isSatisfied(targetType, targetId);
    const created = now();
    return insertRow('dependencies', {
      id: newId('dependency'),
      source_type: sourceType,
      source_id: sourceId,
      target_type: targetType,
      target_id: targetId,
      dependency_type: dependencyType,
      status: satisfied ? 'satisfied' : 'pending',
      satisfied_at: satisfied ? created : null,
      created_at: created,
    });
  });
}

/** A live edge. */
export function getDependency(id: string): DependencyRow | null {
  return queryOne<DependencyRow>('SELECT * FROM dependencies WHERE id = ?', [id]) ?? null;
}

/** What the source depends on, in the order it was said. */
export function getDependencies(sourceType: NodeType, sourceId: string): DependencyRow[] {
  return edges('source_type = ? AND source_id = ?', [sourceType, sourceId]);
}

/** What depends on the target, in the order it was said. */
export function getDependents(targetType: NodeType, targetId: string): DependencyRow[] {
  return edges('target_type = ? AND target_id = ?', [targetType, targetId]);
}

/** Removes an edge. Answers whether there was one. */
export function removeDependency(id: string): boolean {
  return deleteRow('dependencies', id);
}

/** Removes every edge that starts or ends at a node which goes away. */
export function removeEdgesOf(type: NodeType, id: string): void {
  deleteRows('dependencies', '(source_type = ? AND source_id = ?) OR (target_type = ? AND target_id = ?)', [
    type,
    id,
    type,
    id,
  ]);
}

/**
 * Whether an edge from source to target would close a cycle. Containment counts: a step waits for whatever its phase and
 * plan wait for, and a phase or plan is done only when all its steps are.
 */
export function checkCycle(sourceType: NodeType, sourceId: string, targetType: NodeType, targetId: string): boolean {
  const source = lineOf({ type: sourceType, id: sourceId });
  return reaches<Node>(
    { type: targetType, id: targetId },
    (node) => source.has(node.id) || lineOf(node).has(sourceId),
    waitsFor,
    ({ type, id }) => `${type} ${id}`,
  );
}

/**
 * To be called when a node has come to lie in another container: an edge that was sound may now wait for itself.
 * @throws cycle
 */
export function refuseCycleAt(type: NodeType, id: string): void {
  for (const edge of [...getDependencies(type, id), ...getDependents(type, id)]) {
    if (edge.dependency_type !== 'blocks') continue;
    if (!checkCycle(edge.source_type, edge.source_id, edge.target_type, edge.target_id)) continue;
    throw new MemoryError(
      'cycle',
      `There ${edge.source_id} would wait for ${edge.target_id} and the other way round.`,
      {
        hint: `Remove dependency ${edge.id} first.`,
      },
    );
  }
}

const EDGES = `SELECT source_type, source_id, target_type, target_id, dependency_type FROM dependencies
  UNION ALL SELECT source_type, source_id, target_type, target_id, dependency_type FROM dependencies_archive`;
const PHASES = 'SELECT id, plan_id FROM phases UNION ALL SELECT id, plan_id FROM phases_archive';
const STEPS = 'SELECT id, phase_id, plan_id FROM steps UNION ALL SELECT id, phase_id, plan_id FROM steps_archive';

/** A node with everything that contains it. */
function lineOf({ type, id }: Node): Set<string> {
  const above: Record<NodeType, string | null> = {
    plan: null,
    phase: `SELECT plan_id FROM (${PHASES}) WHERE id = ?`,
    step: `SELECT phase_id, plan_id FROM (${STEPS}) WHERE id = ?`,
  };
  const sql = above[type];
  const containers = sql === null ? undefined : queryOne<Record<string, string>>(sql, [id]);
  return new Set([id, ...Object.values(containers ?? {})]);
}

/** The ends of all edges that must be satisfied before this node is done: its own, its containers' and its content's. */
function waitsFor(node: Node): Node[] {
  const sources: Record<NodeType, readonly [plan: string, phase: string, step: string]> = {
    plan: [
      '= ?',
      `IN (SELECT id FROM (${PHASES}) WHERE plan_id = ?)`,
      `IN (SELECT id FROM (${STEPS}) WHERE plan_id = ?)`,
    ],
    phase: [
      `IN (SELECT plan_id FROM (${PHASES}) WHERE id = ?)`,
      '= ?',
      `IN (SELECT id FROM (${STEPS}) WHERE phase_id = ?)`,
    ],
    step: [
      `IN (SELECT plan_id FROM (${STEPS}) WHERE id = ?)`,
      `IN (SELECT phase_id FROM (${STEPS}) WHERE id = ?)`,
      '= ?',
    ],
  };
  const [plan, phase, step] = sources[node.type];
  return queryAll<Node>(
    `SELECT DISTINCT target_type AS type, target_id AS id FROM (${EDGES})
     WHERE dependency_type = 'blocks' AND (
       (source_type = 'plan' AND source_id ${plan})
       OR (source_type = 'phase' AND source_id ${phase})
       OR (source_type = 'step' AND source_id ${step}))`,
    [node.id, node.id, node.id],
  );
}

function edges(where: string, params: readonly Param[]): DependencyRow[] {
  return queryAll<DependencyRow>(
    `SELECT * FROM dependencies WHERE ${where} UNION ALL SELECT * FROM dependencies_archive WHERE ${where} ORDER BY seq`,
    [...params, ...params],
  );
}

function requireNode(type: NodeType, id: string): void {
  if (!NODE_TYPES.includes(type))
    throw new MemoryError('invalid_input', `"${type}" is not one of ${NODE_TYPES.join(', ')}.`);
  const table = `${type}s`;
  const found = queryOne(`SELECT 1 FROM ${table} WHERE id = ? UNION ALL SELECT 1 FROM ${table}_archive WHERE id = ?`, [
    id,
    id,
  ]);
  if (found === undefined) throw notFound(type, id);
}
