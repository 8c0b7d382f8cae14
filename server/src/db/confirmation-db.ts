/** Confirmations that the gate of a step waits for. */
import { now } from '../domain/clock.ts';
import { MemoryError, notFound } from '../domain/errors.ts';
import { queryOne, transaction } from './query-helpers.ts';
import type { StepRow } from './types.ts';
import { changeRow } from './write-helpers.ts';

/**
 * Confirms a live step. What the user has confirmed stays confirmed by the user, whoever confirms it after that.
 * @throws not_found, invalid_input when only the user can confirm it, conflict when the step requires validation and the one
 * who holds it confirms.
 */
export function confirmStep(id: string, confirmedBy: string, sessionId: string | null = null): StepRow {
  return transaction(() => {
    const step = queryOne<StepRow>('SELECT * FROM steps WHERE id = ?', [id]);
    if (step === undefined) throw notFound('live step', id);
    if (step.requires_validation === 1 && isHolder(step, confirmedBy, sessionId)) {
      throw new MemoryError('conflict', `Step ${id} must be validated by somebody else than the one who does it.`, {
        hint: 'Hand over to another agent, which confirms it with its own session_id.',
      });
    }
    if (step.confirmed_by === 'user') return step;
    if (step.requires_user_confirmation === 1 && confirmedBy !== 'user') {
      throw new MemoryError('invalid_input', `Only the user can confirm step ${id}.`, {
        hint: 'Ask the user, then send confirmed_by: "user".',
      });
    }
    const columns = ['confirmed_at', 'confirmed_by', 'confirmed_by_session'] as const;
    return changeRow('steps', step, columns, {
      confirmed_at: now(),
      confirmed_by: confirmedBy,
      confirmed_by_session: sessionId,
    }) as StepRow;
  });
}

function isHolder(step: StepRow, confirmedBy: string, sessionId: string | null): boolean {
  if (step.status !== 'active') return false;
  return sessionId === null ? confirmedBy === step.claimed_agent : sessionId === step.claimed_by_session;
}
