/** What a handoff leaves for the one who takes over: where the sender stood, what it had done, decided and found blocked. */
import * as z from 'zod';
import { getAllSteps, type LineageRow, searchContext } from '../db/index.ts';
import type { LineageRecord } from '../domain/plan-state.ts';
import { fromJson, type JsonObject } from '../domain/stored-values.ts';

/** Ids alone: what they say may be changed or purged. Each list has the latest first. */
const PACKET = z.object({
  /** Of the lineage entry that it came with. */
  handoff_id: z.string(),
  /** The step that the sender held. */
  step_id: z.string().nullable(),
  done: z.array(z.string()),
  decisions: z.array(z.string()),
  blocked: z.array(z.string()),
  /** What the sender itself has sent along. */
  data: z.record(z.string(), z.unknown()).nullable(),
});

export type HandoffPacket = z.infer<typeof PACKET>;

const SHOWN = 5;

/** Made when the plan is handed over: later the sender may hold another step. */
export function packetOf(planId: string, handoff: LineageRow, data: JsonObject | undefined): HandoffPacket {
  const isOwn = (session: string | null, agent: string | null) =>
    handoff.session_id === null ? agent === handoff.from_agent : session === handoff.session_id;
  const steps = getAllSteps(planId);
  const held = steps.find((step) => step.status === 'active' && isOwn(step.claimed_by_session, step.claimed_agent));
  const finished = steps
    .filter((step) => step.status === 'done' && isOwn(step.completed_by_session, step.completed_by_agent))
    .sort((a, b) => (b.completed_at ?? '').localeCompare(a.completed_at ?? '') || b.seq - a.seq);
  const decisions = searchContext({ plan_id: planId, types: ['decision'], limit: SHOWN });
  const first = (rows: readonly { id: string }[]) => rows.slice(0, SHOWN).map(({ id }) => id);
  return {
    handoff_id: handoff.id,
    step_id: held?.id ?? null,
    done: first(finished),
    decisions: first(decisions),
    blocked: first(steps.filter(({ status }) => status === 'blocked')),
    data: data ?? null,
  };
}

/** The context type of a packet: `handoff_executor_to_reviewer`. */
export function packetType({ from_agent, to_agent }: Pick<LineageRecord, 'from_agent' | 'to_agent'>): string {
  return `handoff_${from_agent}_to_${to_agent}`.toLowerCase().slice(0, 100);
}

/** Whether a context type is one that handoffs leave, in this plan or another. */
export function isPacketType(type: string): boolean {
  return /^handoff_.+_to_./.test(type);
}

export interface StoredPacket extends HandoffPacket {
  /** Of the context item that holds it. */
  id: string;
}

/** The packet of a plan's last handoff; null where that left none, as an imported one. */
export function lastPacket(planId: string, handoff: LineageRecord | undefined): StoredPacket | null {
  if (handoff === undefined) return null;
  const [item] = searchContext({ parent_type: 'plan', parent_id: planId, types: [packetType(handoff)], limit: 1 });
  if (item === undefined) return null;
  const { success, data: packet } = PACKET.safeParse(fromJson(item.data));
  return success && packet.handoff_id === handoff.id ? { id: item.id, ...packet } : null;
}
