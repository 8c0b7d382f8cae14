/** memory_admin: what cannot be taken back. Every action asks for `confirm: true`. */
import * as z from 'zod';
import {
  type CatalogTool,
  cleanupOldEvents,
  deletePlan,
  deleteProgram,
  deleteWorkspace,
  findEntity,
  getProgram,
  purgeEntity,
  seedToolCatalog,
} from '../db/index.ts';
import { notFound } from '../domain/errors.ts';
import { contentFolder, loadContent } from './content.ts';
import { action, tool } from './define.ts';
import { requirePlan, requireWorkspace } from './lookup.ts';
import { id } from './params.ts';
import { count, quoted } from './text.ts';

const confirm = z.literal(true, 'this cannot be taken back: send confirm: true');

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
    const program = getProgram(program_id);
    if (program === null) throw notFound('program', program_id, 'memory_workspace list_programs shows them.');
    call.subject.workspaceId = program.workspace_id;
    deleteProgram(program_id);
    return { id: program_id, title: program.title };
  },
  render: ({ id, title }) => `Deleted: program ${id} ${quoted(title)}; its plans stay`,
});

const purge = action({
  summary: 'Remove a row with its former versions, index entry and history: for a secret that was stored by mistake.',
  effect: 'write',
  params: { id, confirm },
  example: { id: 'ctx_0123456789ab', confirm: true },
  run: (params) => {
    const entity = findEntity(params.id);
    if (entity === null) throw notFound('thing', params.id, 'memory_query search finds things by words.');
    return { kind: entity.kind, id: params.id, rows: purgeEntity(entity) };
  },
  render: ({ kind, id, rows }) => `Purged: ${kind} ${id}, ${count(rows, 'row')} with their history`,
});

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
      cleanup_events: cleanupEvents,
      seed: seed(rows),
    },
  });
