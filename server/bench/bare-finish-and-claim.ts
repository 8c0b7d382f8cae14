/** The statements that finishing and claiming cannot do without, prepared once, and no history: what the data function is held against. */
import { UNFINISHED_PHASE } from '../src/db/dependency-status.ts';
import type { Database } from '../src/db/index.ts';
import { NEXT_READY } from '../src/db/step-queue.ts';
import { now } from '../src/domain/clock.ts';

export interface Ids {
  completed: { id: string } | null;
  next: { id: string } | null;
}

/** For one connection, within a transaction: finishes the step that an agent holds in a plan, and claims the next for it. */
export function bareFinishAndClaim(db: Database): (planId: string, agent: string) => Ids {
  const current = db.prepare(`SELECT * FROM steps WHERE plan_id = ? AND status = 'active' AND claimed_agent = ?`);
  const done =
    db.prepare(`UPDATE steps SET status = 'done', completed_at = ?, completed_by_agent = ?, claimed_agent = NULL,
    claimed_at = NULL, lease_expires_at = NULL, updated_at = ? WHERE id = ? AND status = 'active'`);
  const satisfy = db.prepare(`UPDATE dependencies SET status = 'satisfied', satisfied_at = ?
    WHERE target_type = 'step' AND target_id = ? AND status = 'pending'`);
  const phaseIsOpen = db.prepare(`SELECT 1 FROM phases e WHERE e.id = ? AND ${UNFINISHED_PHASE}`);
  const next = db.prepare(NEXT_READY);
  const claim = db.prepare(`UPDATE steps SET status = 'active', claimed_agent = ?, claimed_at = ?, lease_expires_at = ?,
    claim_number = claim_number + 1, updated_at = ? WHERE id = ? AND status = 'pending'`);
  return (planId, agent) => {
    const at = now();
    const active = current.get(planId, agent) as { id: string; phase_id: string } | undefined;
    if (active !== undefined) {
      done.run(at, agent, at, active.id);
      satisfy.run(at, active.id);
      phaseIsOpen.get(active.phase_id);
    }
    const ready = next.get(planId, '') as { id: string } | undefined;
    if (ready !== undefined) claim.run(agent, at, at, at, ready.id);
    return { completed: active ?? null, next: ready ?? null };
  };
}
