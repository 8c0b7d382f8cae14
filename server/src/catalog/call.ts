/** One call of one action: who makes it, from where, and what it is about. */
import type { Actor, SessionRow } from '../db/index.ts';

/** What a call touches; the logs of writes name it. */
export interface Subject {
  workspaceId?: string;
  planId?: string;
  stepId?: string;
  /** The session that it opened. */
  sessionId?: string;
  /** It was only a look at what would be done: no log names it. */
  unchanged?: boolean;
}

export interface Call {
  /** The session that the caller named. */
  readonly session: SessionRow | null;
  /** The paths of the workspace that is meant, the nearest first: of the path in the call, or of where the server was started. */
  readonly places: () => Iterable<string>;
  readonly subject: Subject;
  /** Only the compact text is asked for: data that it does not show need not be read. */
  readonly brief: boolean;
}

/** The caller, as its session and the claim number it sends. */
export function actorOf(call: Call, claimNumber?: number): Actor {
  return { sessionId: call.session?.id, agentType: call.session?.agent_type, claimNumber };
}
