import { describe, expect, test } from 'vitest';
import { getDb } from '../connection.ts';
import { getContext, getContextVersions } from '../context-db.ts';
import { getDependencies, getDependents } from '../dependency-db.ts';
import { purge } from '../entity-purge.ts';
import { getRowHistory } from '../history-db.ts';
import { archivePlan, getPlan, getPlansByWorkspace, restorePlan } from '../plan-db.ts';
import { PLAN_TABLES } from '../plan-tables.ts';
import { queryAll } from '../query-helpers.ts';
import { getResearch } from '../research-db.ts';
import { rankedSearch } from '../search-db.ts';
import { updateStep } from '../step-db.ts';
import type { DependencyRow, UserTable } from '../types.ts';
import { deleteWorkspace } from '../workspace-db.ts';
import { aPlan, countRows, hashOfAllRows, refusal, rowsOf, userTables, withTestDatabase } from './fixtures.ts';
import { aWorld } from './world.ts';

type Rows = Record<string, unknown[]>;

function everyRow(): Rows {
  return Object.fromEntries(userTables().map((table) => [table, rowsOf(table)]));
}

/** The tables in which rows of a plan lie, live and archived, each with the ids of those that will move. */
function movingRows(planId: string, inside: readonly DependencyRow[]): [UserTable, UserTable, string[]][] {
  return PLAN_TABLES.map(({ live, archive }) => {
    if (live === 'dependencies') return [live, archive, inside.map(({ id }) => id)];
    const rows = rowsOf(live) as { id: string; plan_id?: string | null }[];
    return [live, archive, rows.filter((row) => (row.plan_id ?? row.id) === planId).map(({ id }) => id)];
  });
}

const idsOf = (table: UserTable) => rowsOf(table).map(({ id }) => id);

describe('archivePlan', () => {
  test('moves the plan and all its children, unchanged, to the archive tables, and leaves everything else', () =>
    withTestDatabase(() => {
      const { plan, edges } = aWorld();
      const before = everyRow();
      const moving = movingRows(plan.id, edges.inside);
      for (const [, archive, ids] of moving) {
        expect(ids.length, archive).toBeGreaterThan(0);
        expect(countRows(archive)).toBe(0);
      }

      archivePlan(plan.id);
      const after = everyRow();
      for (const [live, archive, ids] of moving) {
        const rows = (before[live] ?? []) as { id: string }[];
        expect(after[archive]).toEqual(rows.filter(({ id }) => ids.includes(id)));
        expect(after[live]).toEqual(rows.filter(({ id }) => !ids.includes(id)));
      }
      const tables = new Set(moving.flatMap(([live]) => [live, `${live}_archive`]));
      for (const table of userTables().filter((name) => !tables.has(name))) {
        expect(after[table]).toEqual(before[table]);
      }
    }));

  test('an edge with one or both ends outside stays, and its status follows the end that lives', () =>
    withTestDatabase(() => {
      const { plan, done, outside, edges } = aWorld();
      archivePlan(plan.id);
      expect(rowsOf('dependencies')).toEqual([...edges.across, ...edges.elsewhere]);
      expect(getDependents('step', done.id).map(({ id }) => id)).toEqual([edges.inside[0]?.id, edges.across[0]?.id]);
      updateStep(outside.id, { status: 'done' });
      expect(getDependencies('plan', plan.id)).toMatchObject([{ status: 'satisfied' }]);
    }));

  test('what is archived can still be read, listed when asked for, and found', () =>
    withTestDatabase(() => {
      const { workspace, plan, second, neighbour } = aWorld();
      archivePlan(plan.id);
      const ids = (include_archived?: boolean) =>
        getPlansByWorkspace(workspace.id, { include_archived }).map(({ id }) => id);
      expect(ids()).toEqual([neighbour.plan.id]);
      expect(ids(true)).toEqual([neighbour.plan.id, plan.id]);
      expect(getResearch(plan.id, 'a.md')).toBe('text');
      const [item] = getContext('phase', second.id);
      expect(getContextVersions(String(item?.id)).map(({ data }) => data)).toEqual(['2', '1']);
      expect(rankedSearch('"mind the step"', { limit: 5 })).toMatchObject([{ kind: 'note', plan_id: plan.id }]);
    }));

  test('the move of every row is in the history, once', () =>
    withTestDatabase(() => {
      const { plan, last } = aWorld();
      archivePlan(plan.id);
      for (const [id, table] of [
        [plan.id, 'plans'],
        [last.id, 'steps'],
      ] as const) {
        expect(getRowHistory(id).filter(({ after }) => after?.includes('$table'))).toMatchObject([
          { before: `{"$table":"${table}"}`, after: `{"$table":"${table}_archive"}` },
        ]);
      }
    }));

  test('refuses a plan that does not exist, and one that is archived already', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      archivePlan(plan.id);
      const before = hashOfAllRows();
      expect(refusal(() => archivePlan('plan_none')).code).toBe('not_found');
      expect(refusal(() => archivePlan(plan.id)).code).toBe('conflict');
      expect(hashOfAllRows()).toBe(before);
    }));
});

describe('restorePlan', () => {
  test('brings every row of every table back byte for byte', () =>
    withTestDatabase(() => {
      const { plan } = aWorld();
      const before = everyRow();
      const documents = queryAll('SELECT * FROM search_documents ORDER BY rid');
      for (let round = 0; round < 2; round++) {
        archivePlan(plan.id);
        expect(restorePlan(plan.id)).toEqual({ dropped: [] });
        expect(everyRow()).toEqual(before);
        expect(queryAll('SELECT * FROM search_documents ORDER BY rid')).toEqual(documents);
      }
    }));

  test('goes back between rows that were made meanwhile, which stay as they are', () =>
    withTestDatabase(() => {
      const { workspace, plan, neighbour } = aWorld();
      archivePlan(plan.id);
      const later = aPlan({ workspace_id: workspace.id, stepsEach: 3 });
      restorePlan(plan.id);
      expect(idsOf('plans')).toEqual([plan.id, neighbour.plan.id, later.plan.id]);
      expect(rowsOf('steps').slice(-3)).toEqual(later.steps);
    }));

  test('without its program, which was deleted meanwhile: the reference is cleared and listed, all else is as before', () =>
    withTestDatabase(() => {
      const { plan, program, neighbour } = aWorld();
      const planBefore = getPlan(plan.id);
      const before = everyRow();
      archivePlan(plan.id);
      purge(program.id);
      expect(getPlan(neighbour.plan.id)).toMatchObject({ program_id: null, program_order: null });

      expect(restorePlan(plan.id)).toEqual({ dropped: [`program ${program.id}`] });
      expect(getPlan(plan.id)).toEqual({ ...planBefore, program_id: null, program_order: null });
      const after = everyRow();
      const others = userTables().filter((table) => !['plans', 'programs', 'program_risks'].includes(table));
      for (const table of others) expect(after[table]).toEqual(before[table]);
    }));

  test('refuses a plan that does not exist, and one that is not archived', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const before = hashOfAllRows();
      expect(refusal(() => restorePlan('plan_none')).code).toBe('not_found');
      expect(refusal(() => restorePlan(plan.id)).code).toBe('conflict');
      expect(hashOfAllRows()).toBe(before);
    }));
});

describe('a failure in the middle leaves everything as it was', () => {
  const TABLES = PLAN_TABLES.map(({ live, archive }): [UserTable, UserTable] => [live, archive]);

  test.each(TABLES)('of %s to %s and back, when rows come in and when they go out', (live, archive) =>
    withTestDatabase(() => {
      const { plan } = aWorld();
      const failOn = (event: string, table: string, fn: () => unknown) => {
        const before = everyRow();
        const history = countRows('row_history');
        getDb().exec(
          `CREATE TEMP TRIGGER failing BEFORE ${event} ON ${table} BEGIN SELECT raise(ABORT, 'failing'); END`,
        );
        refusal(fn);
        getDb().exec('DROP TRIGGER failing');
        expect(everyRow()).toEqual(before);
        expect(countRows('row_history')).toBe(history);
      };
      failOn('INSERT', archive, () => archivePlan(plan.id));
      failOn('DELETE', live, () => archivePlan(plan.id));
      archivePlan(plan.id);
      failOn('INSERT', live, () => restorePlan(plan.id));
      failOn('DELETE', archive, () => restorePlan(plan.id));
      restorePlan(plan.id);
    }),
  );

  test('rows that vanish on the way are noticed', () =>
    withTestDatabase(() => {
      const { plan, closed } = aWorld();
      const before = everyRow();
      getDb().exec(`CREATE TEMP TRIGGER thief BEFORE DELETE ON steps
        BEGIN DELETE FROM sessions WHERE id = '${closed.id}'; END`);
      expect(refusal(() => archivePlan(plan.id)).message).toContain('sessions');
      getDb().exec('DROP TRIGGER thief');
      expect(everyRow()).toEqual(before);
    }));
});

test('deleting a workspace deletes its archives', () =>
  withTestDatabase(() => {
    aPlan();
    const before = everyRow();
    const { workspace, plan } = aWorld();
    archivePlan(plan.id);
    deleteWorkspace(workspace.id);
    expect(everyRow()).toEqual(before);
  }));
