/** Operations to take back, and what an undo of them says. */
import { expect } from 'vitest';
import { newId } from '../../domain/ids.ts';
import { withOperation } from '../operation.ts';
import { previewUndo, undo } from '../undo.ts';
import { hashOfAllRows, refusal } from './fixtures.ts';
import { requireRules } from './invariants.ts';
import { requireSound } from './soundness.ts';

/** Does it as an operation of its own, and answers which that was. */
export function operation<T>(fn: () => T, sessionId: string | null = null): { id: string; value: T } {
  const id = newId('operation');
  return { id, value: withOperation({ id, sessionId, tool: 'memory_plan', action: 'test' }, fn) };
}

/** Why the operation cannot be taken back; looking and trying change nothing. */
export function refused(operationId: string): string {
  const before = hashOfAllRows();
  const { sentence } = refusal(() => undo({ operationId }));
  expect(refusal(() => previewUndo({ operationId })).sentence).toBe(sentence);
  expect(hashOfAllRows()).toBe(before);
  return sentence;
}

export function undone(operationId: string): void {
  undo({ operationId });
  requireSound();
  requireRules('undo');
}
