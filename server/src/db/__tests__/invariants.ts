/** What must hold of steps, edges and plans whatever has been called. */
import { expect } from 'vitest';
import { isSatisfied } from '../dependency-status.ts';
import { queryAll } from '../query-helpers.ts';
import { countRows, rowsOf } from './fixtures.ts';

/** What must hold after every call, as the rows that break it. */
const BROKEN: Record<string, string> = {
  'a step that is not active is held by nobody': `SELECT id FROM steps WHERE status <> 'active' AND
    (claimed_by_session IS NOT NULL OR claimed_agent IS NOT NULL OR claimed_at IS NOT NULL OR lease_expires_at IS NOT NULL)`,
  'a step has a time of completion if, and only if, it is done': `SELECT id FROM steps
    WHERE (status = 'done') <> (completed_at IS NOT NULL)`,
  'a step is held by an open session of its plan': `SELECT s.id FROM steps s JOIN sessions h ON h.id = s.claimed_by_session
    WHERE h.completed_at IS NOT NULL OR h.plan_id <> s.plan_id`,
  'an edge is satisfied since some time, or pending': `SELECT id FROM dependencies
    WHERE (status = 'satisfied') <> (satisfied_at IS NOT NULL)`,
  'a plan has a time of completion if, and only if, it is completed': `SELECT id FROM plans
    WHERE (status = 'completed') <> (completed_at IS NOT NULL)`,
  'nothing refers to a row that is not there': 'SELECT "table" AS id FROM pragma_foreign_key_check',
};

/** An edge to a live target follows it; one to an archived target keeps its status. */
function requireEdgesToFollow(call: string): void {
  for (const edge of rowsOf('dependencies')) {
    if (countRows(`${edge.target_type}s`, { id: edge.target_id }) === 0) continue;
    const satisfied = isSatisfied(edge.target_type, edge.target_id);
    expect(edge.status, `${JSON.stringify(edge)} after ${call}`).toBe(satisfied ? 'satisfied' : 'pending');
  }
}

/** Fails when a rule is broken; `call` says after what. */
export function requireRules(call: string): void {
  for (const [rule, sql] of Object.entries(BROKEN)) expect(queryAll(sql), `${rule}, after ${call}`).toEqual([]);
  requireEdgesToFollow(call);
}
