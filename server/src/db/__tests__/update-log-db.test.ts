import { expect, test } from 'vitest';
import { addUpdateLog, deleteUpdateLog, getUpdateLog } from '../update-log-db.ts';
import { deleteWorkspace } from '../workspace-db.ts';
import { aWorkspace, countRows, refusal, withTestDatabase } from './fixtures.ts';

test('an entry says everything that is given and null for the rest', () =>
  withTestDatabase(() => {
    const { id } = aWorkspace();
    const entry = {
      tool: 'memory_plan',
      action: 'create',
      file_path: 'a.md',
      summary: 's',
      plan_id: 'plan_1',
      step_id: 'step_1',
      session_id: 'sess_1',
      agent_type: 'Executor',
      created_at: '2020-01-01T00:00:00.000Z',
    };
    addUpdateLog(id, { ...entry, data: { a: 1 } });
    addUpdateLog(id, { tool: 'memory_steps', created_at: '2019-01-01T00:00:00.000Z' });
    const [first, second] = getUpdateLog(id);
    expect(first).toMatchObject({ ...entry, workspace_id: id, data: '{"a":1}' });
    expect(second).toMatchObject({ tool: 'memory_steps', action: null, plan_id: null, data: null });
  }));

test('entries are read newest first, those of one moment the later first, page by page', () =>
  withTestDatabase(() => {
    const [{ id }, other] = [aWorkspace(), aWorkspace()];
    const add = (tool: string, day: number) => addUpdateLog(id, { tool, created_at: `2020-01-0${day}T00:00:00.000Z` });
    add('b', 2);
    add('a', 1);
    add('c', 2);
    addUpdateLog(other.id, { tool: 'x' });
    const tools = (limit?: number, offset?: number) => getUpdateLog(id, limit, offset).map(({ tool }) => tool);
    expect(tools()).toEqual(['c', 'b', 'a']);
    expect(tools(2)).toEqual(['c', 'b']);
    expect(tools(2, 2)).toEqual(['a']);
    for (let n = 0; n < 60; n++) add('d', 3);
    expect(tools()).toHaveLength(50);
    expect(getUpdateLog('ws_none')).toEqual([]);
  }));

test('an unknown workspace and a time in another form are refused', () =>
  withTestDatabase(() => {
    const { id } = aWorkspace();
    expect(refusal(() => addUpdateLog('ws_none', { tool: 't' })).code).toBe('invalid_input');
    expect(refusal(() => addUpdateLog(id, { tool: 't', created_at: '2020' })).code).toBe('invalid_input');
    expect(countRows('update_log')).toBe(0);
  }));

test('the log goes with its workspace, leaves others alone and is no history', () =>
  withTestDatabase(() => {
    const [a, b, c] = [aWorkspace(), aWorkspace(), aWorkspace()];
    const history = countRows('row_history');
    for (const { id } of [a, b, c]) addUpdateLog(id, { tool: 't' });
    deleteUpdateLog(a.id);
    expect(countRows('row_history')).toBe(history);
    deleteWorkspace(b.id);
    expect([a, b, c].map(({ id }) => getUpdateLog(id).length)).toEqual([0, 0, 1]);
  }));
