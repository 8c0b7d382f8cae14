/** memory_admin: what cannot be taken back. Every action asks for `confirm: true`. */
import { basename } from 'node:path';
import * as z from 'zod';
import {
  type CatalogTool,
  cleanupOldEvents,
  deletePlan,
  deleteProgram,
  deleteWorkspace,
  mergeWorkspaces,
  previewWorkspaceMerge,
  purge as purgeRow,
  reclaimPlan,
  reclaimSession,
  type StepRow,
  scrub,
  seedToolCatalog,
} from '../db/index.ts';
import { MemoryError } from '../domain/errors.ts';
import { dropLeftovers, listCopies } from '../ops/copies.ts';
import { undo } from './admin-undo.ts';
import { contentFolder, loadContent } from './content.ts';
import { action, tool } from './define.ts';
import { requireLivePlan, requirePlan, requireProgram, requireSession, requireWorkspace } from './lookup.ts';
import { confirm, dryRun, id } from './params.ts';
import { count, oneLine, quoted, some } from './text.ts';

const deleteOnePlan = action({
  summary: 'Delete a plan with all that belongs to it, live or archived.',
  effect: 'write',
  params: { plan_id: id, confirm },
  example: { plan_id: 'plan_0123456789ab', confirm: true },
  run: ({ plan_id }, call) => {
    const plan = requirePlan(call, plan_id);
    deletePlan(plan_id);
    return { id: plan_id, title: plan.title };
  },
  render: ({ id, title }) => `Deleted: plan ${id} ${quoted(title)}`,
});

const deleteOneWorkspace = action({
  summary: 'Delete a workspace with all its plans, archived ones too.',
  effect: 'write',
  params: { workspace_id: id, confirm },
  example: { workspace_id: 'ws_0123456789ab', confirm: true },
  run: ({ workspace_id }, call) => {
    const workspace = requireWorkspace(call, { workspace_id });
    deleteWorkspace(workspace.id);
    return { id: workspace.id, name: workspace.name };
  },
  render: ({ id, name }) => `Deleted: workspace ${id} ${quoted(name)}`,
});

const deleteOneProgram = action({
  summary: 'Delete a program with its risks; its plans stay, in no program.',
  effect: 'write',
  params: { program_id: id, confirm },
  example: { program_id: 'prog_0123456789ab', confirm: true },
  run: ({ program_id }, call) => {
    const program = requireProgram(call, program_id);
    deleteProgram(program_id);
    return { id: program_id, title: program.title };
  },
  render: ({ id, title }) => `Deleted: program ${id} ${quoted(title)}; its plans stay`,
});

const purge = action({
  summary:
    'Remove a row, also a deleted one, with former versions, index entry and history: for a secret stored by mistake.',
  effect: 'write',
  params: { id, confirm },
  example: { id: 'ctx_0123456789ab', confirm: true },
  load: async () => listCopies(),
  run: ({ id }, _call, copies) => ({ id, ...purgeRow(id), copies }),
  finish: () => {
    dropLeftovers();
    scrub();
  },
  render: ({ kind, id, rows, alike, copies }) =>
    [
      `Purged: ${kind} ${id}, ${count(rows, 'row')} with their history`,
      ...(alike.length === 0
        ? []
        : [
            `${count(alike.length, 'row')} of the same words, or made from it: ` +
              `${some(alike, 10)}; purge those too if they hold it`,
          ]),
      ...(copies.length === 0
        ? []
        : [
            `Copies of the database that may still hold it: ${oneLine(copies.map((file) => basename(file)).join(', '), 1_000)}`,
          ]),
    ].join('\n'),
});

const mergeTwoWorkspaces = action({
  summary: 'Move every row of a duplicate workspace into the target; the paths of the source lead there then.',
  effect: 'write',
  params: {
    source_id: id,
    target_id: id,
    dry_run: dryRun,
    confirm,
  },
  example: { source_id: 'ws_0123456789ab', target_id: 'ws_cdefghjkmnpq', dry_run: false, confirm: true },
  run: ({ source_id, target_id, dry_run }, call) => {
    const source = requireWorkspace(call, { workspace_id: source_id });
    const target = requireWorkspace(call, { workspace_id: target_id });
    call.subject.unchanged = dry_run;
    const merge = dry_run ? previewWorkspaceMerge(source.id, target.id) : mergeWorkspaces(source.id, target.id);
    return { dry_run, ...merge };
  },
  render: ({ dry_run, source, target, rows, renamed }) => {
    const counts = Object.entries(rows).map(([table, n]) => `${table} ${n}`);
    return [
      `${dry_run ? 'Would merge' : 'Merged'}: workspace ${source.id} into ${target.id}; ${counts.join(', ') || 'no rows'}`,
      ...(renamed.length === 0 ? [] : [`renamed: ${oneLine(renamed.slice(0, 5).join(', '), 80)}`]),
      ...(dry_run ? ['Nothing was changed: send dry_run: false to do it.'] : []),
    ].join('\n');
  },
});

const reclaim = action({
  summary:
    'Give back at once what a dead session holds. With plan_id: what its holders showed no life for within their lease.',
  effect: 'write',
  params: { plan_id: id.optional(), target_session_id: id.optional(), confirm },
  example: { target_session_id: 'sess_0123456789ab', confirm: true },
  run: ({ plan_id, target_session_id }, call) => {
    if ((plan_id === undefined) === (target_session_id === undefined)) {
      throw new MemoryError('invalid_input', 'Whose claims are meant is not clear.', {
        hint: 'Send either target_session_id, for all that a session holds, or plan_id.',
      });
    }
    if (target_session_id !== undefined) requireSession(call, target_session_id);
    const { returned, kept } =
      target_session_id === undefined
        ? reclaimPlan(requireLivePlan(call, String(plan_id)).id)
        : reclaimSession(target_session_id);
    const fields = ({ id, claimed_by_session, claimed_agent }: StepRow) => ({ id, claimed_by_session, claimed_agent });
    return { returned: returned.map(fields), kept: kept.map(fields) };
  },
  render: ({ returned, kept }) =>
    [
      `Reclaimed: ${count(returned.length, 'step')}${returned.length === 0 ? '' : `, ${shortList(returned.map(({ id }) => id))}`}`,
      ...(kept.length === 0
        ? []
        : [
            `Kept: ${count(kept.length, 'step')} of live sessions, ${shortList(kept.map(({ id, claimed_by_session }) => `${id} of ${claimed_by_session}`))}; target_session_id takes those too`,
          ]),
    ].join('\n'),
});

function shortList(items: readonly string[]): string {
  return `${items.slice(0, 3).join(', ')}${items.length > 3 ? ', …' : ''}`;
}

const cleanupEvents = action({
  summary: 'Drop events older than some days (30).',
  effect: 'write',
  params: { max_age_days: z.int().min(0).max(36_500).optional(), confirm },
  example: { max_age_days: 30, confirm: true },
  run: ({ max_age_days }) => ({ dropped: cleanupOldEvents(max_age_days) }),
  render: ({ dropped }) => `Dropped ${count(dropped, 'event')}`,
});

/** `rows` is the catalog of all tools, this one included. */
const seed = (rows: () => CatalogTool[]) =>
  action({
    summary: 'Store the tool catalog and the default agents, instructions and skills again.',
    effect: 'write',
    params: { confirm },
    example: { confirm: true },
    load: () => loadContent(contentFolder()),
    run: (_params, _call, { files, seedContent }) => {
      seedToolCatalog(rows());
      return seedContent(files, 'default');
    },
    render: ({ found, stored, leftOut }) =>
      `Seeded: ${count(stored.agent, 'agent')}, ${count(stored.instruction, 'instruction')}, ${count(stored.skill, 'skill')} of ${count(found, 'file')}${leftOut.length === 0 ? '' : `; ${leftOut.length} kept as changed by you`}`,
  });

export const adminTool = (rows: () => CatalogTool[]) =>
  tool({
    name: 'memory_admin',
    summary: 'What cannot be taken back. Every action needs confirm: true.',
    kind: 'destructive',
    actions: {
      delete_plan: deleteOnePlan,
      delete_workspace: deleteOneWorkspace,
      delete_program: deleteOneProgram,
      purge,
      merge_workspaces: mergeTwoWorkspaces,
      undo,
      reclaim,
      cleanup_events: cleanupEvents,
      seed: seed(rows),
    },
  });
