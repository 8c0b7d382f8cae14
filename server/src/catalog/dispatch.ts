/**
 * The one way into the actions: finds, validates, runs and answers. A write is one immediate transaction that holds the
 * change itself, its history, its log entries and the stored answer of its request id.
 */
import {
  addEventLog,
  addUpdateLog,
  changeMark,
  findRequest,
  getSession,
  getWorkspace,
  isForgotten,
  type SessionRow,
  snapshot,
  storeRequest,
  touchSession,
  transaction,
  withOperation,
} from '../db/index.ts';
import { now, nowMs } from '../domain/clock.ts';
import { MemoryError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { sha256 } from '../domain/node-crypto.ts';
import type { Call, Subject } from './call.ts';
import { changeSince } from './changes.ts';
import type { Tool } from './define.ts';
import type { LiveSessions } from './live-sessions.ts';
import { unknownId } from './lookup.ts';
import { type FittedReply, fitted } from './reply.ts';
import { type CheckedCall, checkCall, type WriteCall } from './validate.ts';
import { placesOf } from './workspace-directory.ts';

/** Where calls come from. */
export interface Origin {
  workingDirectory: string | null;
  /** Replies need not fit into a model's context. */
  whole?: boolean;
  /** How examples of calls are written there; as tool calls if nothing is said. */
  written?: WriteCall;
  /** Where the sessions that call are remembered. */
  sessions?: LiveSessions;
  /** Aborted when the caller no longer wants the answer. */
  signal?: AbortSignal;
}

export interface Reply extends FittedReply {
  /** The session that a write was made for, or that it opened. */
  session?: string;
}

/** Calls one action. @throws MemoryError for everything that is refused; nothing is written then. */
export async function dispatch(
  tools: readonly Tool[],
  toolName: string,
  input: unknown,
  origin: Origin,
): Promise<Reply> {
  const tool = tools.find(({ name }) => name === toolName);
  if (tool === undefined) {
    throw new MemoryError('invalid_input', `There is no tool "${toolName}".`, {
      hint: `Tools: ${tools.map(({ name }) => name).join(', ')}.`,
    });
  }
  const checked = checkCall(tools, tool, input, origin.written);
  const outside: Outside = { loaded: await checked.bound.load(), places: () => placesMeant(checked, origin), origin };
  return effects[checked.action.effect](tool, checked, outside);
}

/** What a call brings into its transaction from outside the database. */
interface Outside {
  loaded: unknown;
  places: () => Iterable<string>;
  origin: Origin;
}

/** Only where the call may be about a workspace that it names by path, or not at all, is the disk asked. */
function placesMeant({ action, bound }: CheckedCall, { workingDirectory }: Origin): Iterable<string> {
  const path = textParam(bound.params, 'workspace_path');
  if (path !== undefined) return placesOf(path);
  const unnamed = 'workspace_path' in action.shape && bound.params['workspace_id'] === undefined;
  return unnamed && workingDirectory !== null ? placesOf(workingDirectory) : [];
}

function read(_tool: Tool, checked: CheckedCall, outside: Outside): Reply {
  const { reply, session } = look(checked, outside);
  showLife(session, outside.origin);
  return reply;
}

/** Looks again whenever something has changed, until there is something to say. Between two looks nothing is held. */
async function wait(_tool: Tool, checked: CheckedCall, outside: Outside): Promise<Reply> {
  const { bound } = checked;
  const { signal } = outside.origin;
  const end = performance.now() + bound.waitMs;
  for (let first = true; ; first = false) {
    const mark = changeMark();
    const { reply, session } = look(checked, outside);
    if (first) showLife(session, outside.origin);
    const left = end - performance.now();
    const again = bound.againMs(reply.data);
    if (again === null || left <= 0 || signal?.aborted === true) return reply;
    await changeSince(mark, Math.min(left, again), signal);
  }
}

/** One read on one state of the database. */
function look(
  { bound }: CheckedCall,
  { loaded, places, origin }: Outside,
): { reply: Reply; session: SessionRow | null } {
  return snapshot(() => {
    const full = bound.params['detail'] === 'full';
    const whole = origin.whole === true;
    const call = callOf(bound.params, places, !full && !whole);
    const { data, render } = bound.run(call, loaded);
    return {
      reply: fitted(data, render, { full, whole, cursor: textParam(bound.params, 'cursor') }),
      session: call.session,
    };
  });
}

const effects = { read, wait, write };

/** The answer is there already: it is not lost because the database is busy now. The next read shows life again. */
function showLife(session: SessionRow | null, { sessions }: Origin): void {
  if (session === null || session.completed_at !== null) return;
  sessions?.called(session.id);
  if (!isSilent(session)) return;
  try {
    touchSession(session.id);
  } catch (error) {
    if (!(error instanceof MemoryError && error.code === 'busy')) throw error;
  }
}

const SILENT_MS = 60_000;

/** A read says that the caller lives at most once a minute. */
function isSilent(session: SessionRow): boolean {
  return nowMs() - Date.parse(session.last_seen_at) > SILENT_MS;
}

function write(tool: Tool, { name, bound }: CheckedCall, { loaded, places, origin }: Outside): Reply {
  // A read asks the disk where it needs to; a transaction has asked before it begins.
  const asked = [...places()];
  const requestId = textParam(bound.params, 'request_id');
  const argumentsHash = hashOf(tool.name, name, bound.params);
  const operation = {
    id: newId('operation'),
    sessionId: textParam(bound.params, 'session_id') ?? null,
    tool: tool.name,
    action: name,
  };
  const scope = textParam(bound.params, 'workspace_id') ?? 'global';
  const reply = withOperation(operation, () =>
    transaction(
      () => {
        const earlier = requestId === undefined ? null : findRequest(requestId);
        if (earlier !== null) {
          if (isForgotten(earlier)) {
            throw new MemoryError(
              'conflict',
              `A call with request_id "${requestId}" was done already; its answer was removed by a purge.`,
              {
                hint: 'Nothing was done again. Read what is there now, and give every new call a request_id of its own.',
              },
            );
          }
          if (earlier.arguments_hash === argumentsHash) return JSON.parse(earlier.reply) as Reply;
          throw new MemoryError('conflict', `request_id "${requestId}" was already used for another call.`, {
            hint: 'Give every new call a request_id of its own.',
          });
        }
        const call = callOf(bound.params, () => asked, false);
        if (call.session !== null) touchSession(requireOpen(call.session).id);
        const { data, render } = bound.run(call, loaded);
        const session = call.session?.id ?? call.subject.sessionId;
        const reply: Reply = {
          ...fitted(data, render, { full: false, whole: origin.whole === true }),
          ...(session === undefined ? {} : { session }),
        };
        if (!call.subject.unchanged) log(tool, name, call, reply, textParam(bound.params, 'agent_type'));
        if (requestId !== undefined) {
          storeRequest({
            request_id: requestId,
            arguments_hash: argumentsHash,
            operation_id: operation.id,
            reply: JSON.stringify(reply),
          });
        }
        return reply;
      },
      { scope },
    ),
  );
  if (reply.session !== undefined) origin.sessions?.called(reply.session);
  bound.finish(reply.data);
  return reply;
}

function callOf(params: CheckedCall['bound']['params'], places: () => Iterable<string>, brief: boolean): Call {
  const sessionId = textParam(params, 'session_id');
  const session = sessionId === undefined ? null : getSession(sessionId);
  if (sessionId !== undefined && session === null) throw unknownId('session', sessionId);
  const subject: Subject = {};
  return { session, subject, places, brief };
}

function requireOpen(session: SessionRow): SessionRow {
  if (session.completed_at === null) return session;
  throw new MemoryError('conflict', `Session ${session.id} was completed at ${session.completed_at}.`, {
    hint: 'Call memory_agent init to open a new one, or leave session_id out.',
  });
}

const SUMMARY_LENGTH = 300;

/** What happened, for the machine (event log) and for the workspace (update log). */
function log(tool: Tool, action: string, call: Call, reply: Reply, agentType: string | undefined): void {
  const { workspaceId, planId, stepId } = call.subject;
  const summary = (reply.blocks[0] ?? '').split('\n', 1)[0]?.slice(0, SUMMARY_LENGTH) ?? '';
  const about = {
    plan_id: planId,
    step_id: stepId,
    session_id: call.session?.id ?? call.subject.sessionId,
    agent_type: call.session?.agent_type ?? agentType,
    tool: tool.name,
    created_at: now(),
  };
  const event = `${tool.name.replace('memory_', '')}.${action}`;
  addEventLog({ ...about, event_type: event, workspace_id: workspaceId, data: { summary } });
  if (workspaceId !== undefined && getWorkspace(workspaceId) !== null) {
    addUpdateLog(workspaceId, { ...about, action, summary });
  }
}

function textParam(params: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = params[name];
  return typeof value === 'string' ? value : undefined;
}

/** The same call has the same hash, whatever the order of its keys. */
function hashOf(tool: string, action: string, params: Readonly<Record<string, unknown>>): string {
  const { request_id: _, ...rest } = params;
  const sorted = (_key: string, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return sha256(JSON.stringify([tool, action, rest], sorted));
}
