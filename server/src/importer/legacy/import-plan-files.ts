/** Reads what lies beside a plan's `state.json`: context, handoffs, research notes, investigations and prompts. */
import { join } from 'node:path';
import type { JsonObject } from '../../domain/stored-values.ts';
import { metaJson } from '../leftovers.ts';
import { listFolder, listTree, modifiedAt, readJson, readText } from '../source-files.ts';
import { SourceFile } from '../sources.ts';
import { field, isObject, timeOrNull } from '../values.ts';
import { contextColumns, isHandoff, researchDate } from './context-record.ts';
import type { HandoffPayload } from './import-plan-children.ts';
import { noteWorkspace, readFileOf, readJsonOf, skipFile, type WorkspaceImport } from './place.ts';

/** File of a plan that is a view of its state. */
const RENDERED = 'plan.md';

export function importPlanFiles(at: WorkspaceImport, folder: string, planId: string): void {
  const { files, folders, others } = listFolder(join(at.folder, folder));
  for (const name of files) {
    const path = `${folder}/${name}`;
    if (name === 'state.json') continue;
    if (name === RENDERED) skipFile(at, path, 'a rendered view of the plan, which is made again from its rows');
    else if (name.endsWith('.json')) importContext(at, path, planId, isHandoff(stemOf(name)) ? 'handoffs' : 'context');
    else importText(at, path, planId, { kind: 'research', filename: `files/${name}` });
  }
  for (const name of folders) importFolder(at, `${folder}/${name}`, name, planId);
  for (const name of others) skipFile(at, `${folder}/${name}`, 'neither a file nor a folder');
}

function importFolder(at: WorkspaceImport, folder: string, name: string, planId: string): void {
  for (const inside of listTree(join(at.folder, folder))) {
    const path = `${folder}/${inside}`;
    const id = /^([^/]+)\/state\.json$/.exec(inside)?.[1];
    if (name === 'investigations' && id !== undefined) importContext(at, path, planId, 'investigations', id);
    else if (name === 'research_notes')
      importText(at, path, planId, { kind: 'research', filename: researchName(inside) });
    else
      importText(at, path, planId, {
        kind: name === 'prompts' ? 'prompts' : 'research',
        filename: name === 'prompts' ? `prompts/${inside}` : `files/${name}/${inside}`,
      });
  }
}

/** Names of notes that begin as those of other folders do get their own folder before them. */
function researchName(inside: string): string {
  return /^(?:prompts|files|research_notes)\//.test(inside) ? `research_notes/${inside}` : inside;
}

function importContext(
  at: WorkspaceImport,
  path: string,
  planId: string,
  kind: 'context' | 'handoffs' | 'investigations',
  id?: string,
): void {
  readJsonOf(at, path, kind, (value) => {
    if (isObject(value)) noteWorkspace(at, value);
    const stem = id ?? stemOf(path.slice(path.lastIndexOf('/') + 1));
    const since = () => modifiedAt(join(at.folder, path));
    const { left, ...columns } = contextColumns(value, { stem, kind, planId, workspaceId: at.name, since });
    at.writer.putOne(new SourceFile(at.workspaceId, path), {
      kind,
      table: 'context_items',
      values: {
        ...columns,
        workspace_id: at.workspaceId,
        plan_id: planId,
        parent_type: 'plan',
        parent_id: planId,
        meta: metaJson(left),
      },
    });
  });
}

function importText(
  at: WorkspaceImport,
  path: string,
  planId: string,
  { kind, filename }: { kind: string; filename: string },
): void {
  readFileOf(
    at,
    path,
    kind,
    () => readText(join(at.folder, path)),
    (content) => {
      const since = () => modifiedAt(join(at.folder, path));
      const created = kind === 'research' ? researchDate(content, since) : since();
      const name = filename.length > 300 ? `${filename.slice(0, 280)}~${filename.length}` : filename;
      at.writer.putOne(new SourceFile(at.workspaceId, path), {
        kind,
        table: 'research_documents',
        values: {
          workspace_id: at.workspaceId,
          plan_id: planId,
          filename: name,
          content,
          created_at: created,
          updated_at: created,
          meta: metaJson(name === filename ? null : { filename }),
        },
      });
    },
  );
}

function stemOf(name: string): string {
  return name.replace(/\.json$/, '');
}

/** Finds the payload of a lineage entry among the handoff files of the plan: same agents, same moment. */
export function readHandoffs(folder: string): HandoffPayload {
  const payloads = new Map<string, unknown>();
  for (const name of listFolder(folder).files) {
    if (!name.endsWith('.json') || !isHandoff(stemOf(name))) continue;
    const read = readJson(join(folder, name));
    if (read.ok && isObject(read.value)) payloads.set(handoffKey(read.value), field(read.value, 'data'));
  }
  return (entry) => payloads.get(handoffKey(entry));
}

/** The two say the same moment with more or fewer digits, and the file's agents may be lower-case. */
function handoffKey(entry: JsonObject): string {
  const agents = ['from_agent', 'to_agent'].map((name) => String(field(entry, name)).toLowerCase());
  return JSON.stringify([timeOrNull(field(entry, 'timestamp')), ...agents]);
}
