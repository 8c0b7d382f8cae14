/** An agent at work, as the instructions of the server tell it: `next` until nothing is left. */
import { setTimeout as pause } from 'node:timers/promises';
import { idIn, type Memory } from './memory.ts';

export interface Shift {
  sessionId: string;
  /** The steps it was given, in order. */
  given: string[];
  /** The steps it reported done, in order. */
  finished: string[];
}

/** Opens a session on the plan and takes a first step, if there is one. */
export async function startShift(memory: Memory, planId: string, agentType: string): Promise<Shift> {
  const sessionId = await memory.id('sess', 'agent', 'init', { plan_id: planId, agent_type: agentType });
  const shift = { sessionId, given: [], finished: [] };
  await askForNext(memory, planId, agentType, shift);
  return shift;
}

/** Goes on until the plan is finished. @throws when it is blocked */
export async function finishShift(memory: Memory, planId: string, agentType: string, shift: Shift): Promise<void> {
  for (;;) {
    const answer = await askForNext(memory, planId, agentType, shift);
    if (answer === 'finished') return;
    if (answer.startsWith('blocked')) throw new Error(answer);
    // What it waits for is in the other agent's hands, and nothing tells when that is done.
    if (answer.startsWith('waiting')) await pause(10);
  }
}

async function askForNext(memory: Memory, planId: string, agentType: string, shift: Shift): Promise<string> {
  const reply = await memory.ok('steps', 'next', {
    plan_id: planId,
    agent_type: agentType,
    session_id: shift.sessionId,
  });
  const done = /^done: (\S+)$/m.exec(reply)?.[1];
  if (done !== undefined) shift.finished.push(done);
  const next = /^next: .*$/m.exec(reply)?.[0];
  if (next !== undefined) shift.given.push(idIn(next, 'step'));
  return next ?? reply.split('\n').at(-1) ?? '';
}
