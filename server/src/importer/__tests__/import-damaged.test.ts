import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { countRows, refusal, temporaryFolder, withTestDatabase } from '../../db/__tests__/fixtures.ts';
import { getDb, getPlansByWorkspace, getWorkspace, queryAll } from '../../db/index.ts';
import { importPath } from '../import.ts';
import { BAKERY, edit, everything, expectSums, expectUnchanged, fixtureCopy, stepsOf } from './support.ts';

const OVEN = `${BAKERY}/plans/plan_oven/state.json`;

describe('what is damaged', () => {
  test('is named and left out, and the rest comes in', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      const plans = join(folder, BAKERY, 'plans');
      const broken: Record<string, string> = {
        plan_truncated: '{"id": "plan_truncated", "steps": [',
        plan_empty: '',
        plan_null: 'null',
        plan_list: '[1, 2]',
      };
      for (const [name, text] of Object.entries(broken)) {
        mkdirSync(join(plans, name));
        writeFileSync(join(plans, name, 'state.json'), text);
      }
      mkdirSync(join(plans, 'plan_stateless'));
      writeFileSync(join(plans, 'plan_stateless', 'review.json'), '{"type":"review"}');
      writeFileSync(join(plans, 'plan_oven', 'broken.json'), '{"type": "review"');
      writeFileSync(join(plans, 'plan_oven', 'research_notes', 'image.png'), Buffer.from([0x89, 0x50, 0xff, 0x00]));
      edit(folder, OVEN, (state) => stepsOf(state).push(null as never));
      const report = importPath(folder);
      expectSums(report);
      expect(report.ok).toBe(false);
      const errors = report.skipped.filter(({ error, kind }) => error && kind !== 'files');
      expect(errors.map(({ kind, path, reason }) => [kind, path.slice(path.indexOf('plan_')), reason]).sort()).toEqual([
        ['context', 'plan_oven/broken.json', expect.stringMatching(/^not valid JSON/)],
        ['plans', 'plan_empty/state.json', 'empty'],
        ['plans', 'plan_list/state.json', 'holds a list instead of a plan'],
        ['plans', 'plan_null/state.json', 'holds null instead of a plan'],
        ['plans', 'plan_stateless/state.json', 'no state.json'],
        ['plans', 'plan_truncated/state.json', expect.stringMatching(/^not valid JSON/)],
        ['research', 'plan_oven/research_notes/image.png', 'not UTF-8 text'],
        ['steps', 'plan_oven/state.json#steps', 'is null'],
      ]);
      expect(report.skipped.filter(({ path }) => path.includes('plan_stateless/review.json'))).toHaveLength(1);
      expect(report.kinds['plans']).toMatchObject({ found: 11, new: 5, skipped: 6 });
    }));

  test('a workspace without its own files comes in by the name of its folder', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      for (const name of ['workspace.meta.json', 'workspace.context.json']) rmSync(join(folder, BAKERY, name));
      rmSync(join(folder, 'workspace-registry.json'));
      const report = importPath(folder);
      expectSums(report);
      expect(getWorkspace(BAKERY)).toMatchObject({ path: BAKERY, name: BAKERY });
    }));

  test('an id that is taken twice leads to two rows, and both keep their children', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      const twin = join(folder, BAKERY, 'plans', 'flour');
      mkdirSync(twin);
      writeFileSync(
        join(twin, 'state.json'),
        JSON.stringify({
          id: 'plan_flour',
          title: 'Twin',
          status: 'active',
          steps: [{ phase: 'A', task: 'One', status: 'pending' }],
        }),
      );
      const report = importPath(folder);
      expectSums(report);
      expect(report.notes.map(({ reason }) => reason)).toEqual(['the id plan_flour is taken, so it got another one']);
      expect(queryAll("SELECT title FROM plans WHERE title IN ('Twin', 'Flour') ORDER BY title")).toEqual([
        { title: 'Flour' },
        { title: 'Twin' },
      ]);
      const before = everything();
      importPath(folder);
      expect(everything()).toBe(before);
    }));

  test('what is not known at all is refused with the formats that are', () => {
    const folder = temporaryFolder();
    expect(refusal(() => importPath(folder)).sentence).toMatch(
      /nothing that is known here.*--from legacy \| taskmaster/,
    );
    expect(refusal(() => importPath(join(folder, 'none'))).code).toBe('not_found');
  });
});

describe('a workspace that the database refuses', () => {
  /** Two workspaces, and a database that takes no plan called Flour in the second. */
  function twoWorkspaces(): string {
    const folder = fixtureCopy('legacy');
    cpSync(join(folder, BAKERY), join(folder, 'mill-000000000000'), { recursive: true });
    edit(folder, 'mill-000000000000/plans/_archived/plan_flour/state.json', (state) =>
      Object.assign(state, { title: 'Refused' }),
    );
    getDb().exec(`CREATE TRIGGER refuse BEFORE INSERT ON plans WHEN new.title = 'Refused' BEGIN
      SELECT RAISE(ABORT, 'CHECK constraint failed'); END`);
    return folder;
  }

  test('leaves nothing behind and is named with the file, and the others come in', () =>
    withTestDatabase(() => {
      const folder = twoWorkspaces();
      const dry = importPath(folder, { dryRun: true });
      const report = importPath(folder);
      expect({ ...dry, dry_run: false }).toEqual(report);
      expectSums(report);
      expect(report.ok).toBe(false);
      expect(report.workspaces).toEqual([BAKERY]);
      const [error] = report.skipped.filter(({ error: isError }) => isError);
      expect(error).toMatchObject({ kind: 'workspaces', path: 'mill-000000000000' });
      expect(error?.reason).toMatch(
        /nothing of it was imported.*while reading plans\/_archived\/plan_flour\/state\.json/,
      );
      expect(getWorkspace('mill-000000000000')).toBeNull();
      expect(countRows('import_sources', { workspace_id: 'mill-000000000000' })).toBe(0);
    }));

  test('comes in completely as soon as it can, with rows of its own for ids that are taken', () =>
    withTestDatabase(() => {
      const folder = twoWorkspaces();
      importPath(folder);
      getDb().exec('DROP TRIGGER refuse');
      const report = importPath(folder);
      expectSums(report);
      expect(report.workspaces).toEqual([BAKERY, 'mill-000000000000']);
      expect(getPlansByWorkspace('mill-000000000000', { include_archived: true })).toHaveLength(5);
      const before = everything();
      expectUnchanged(importPath(folder));
      expect(everything()).toBe(before);
    }));
});
