/** Writes what hangs on a workspace directly: the sections of its context, its two logs and its build scripts. */
import type { JsonObject } from '../../domain/stored-values.ts';
import { leftoversOf, metaJson } from '../leftovers.ts';
import { keyOf, SourceFile } from '../sources.ts';
import { field, firstTime, isObject } from '../values.ts';
import type { Item } from '../write.ts';
import { ownId } from './import-plan-children.ts';
import { noteWorkspace, objectsOf, type WorkspaceImport } from './place.ts';
import { scriptColumns, scriptElement } from './plan-children.ts';
import { logColumns, logElement, sectionColumns } from './workspace-record.ts';

const CONTEXT_FILE = 'workspace.context.json';
const META_FILE = 'workspace.meta.json';

export function importWorkspaceContext(at: WorkspaceImport, context: JsonObject): void {
  const source = new SourceFile(at.workspaceId, CONTEXT_FILE);
  const since = firstTime(field(context, 'updated_at'), field(context, 'created_at'));
  const sections = field(context, 'sections');
  putAll(at, source, 'context_sections', isObject(sections) ? Object.entries(sections) : [], ([name, value]) => {
    const columns = sectionColumns(name, value, firstTime(field(context, 'created_at'), since));
    const notes = { ...(columns.key === name ? {} : { key: name }), ...(isObject(value) ? {} : { shape: 'bare' }) };
    return {
      key: name,
      table: 'context_items',
      values: {
        ...columns,
        workspace_id: at.workspaceId,
        plan_id: null,
        parent_type: 'workspace',
        parent_id: at.workspaceId,
        meta: metaJson(Object.keys(notes).length > 0 ? notes : null),
      },
    };
  });
  for (const kind of ['update_log', 'audit_log'] as const) {
    const log = field(context, kind);
    const entries = isObject(log) ? field(log, 'entries') : undefined;
    const list = objectsOf(at, `${CONTEXT_FILE}#${kind}`, kind, Array.isArray(entries) ? entries : [], isObject);
    putAll(at, source, kind, list, (element) => {
      const columns = logColumns(element, since);
      const left = leftoversOf(element, logElement(columns));
      // The oldest entries leave the log, so that an entry is known by what it says and not by its place.
      return {
        key: keyOf(element),
        table: 'update_log',
        values: {
          ...columns,
          workspace_id: at.workspaceId,
          meta: metaJson(left, kind === 'audit_log' ? { log: kind } : {}),
        },
      };
    });
  }
}

export function importWorkspaceScripts(at: WorkspaceImport, meta: JsonObject): void {
  const list = field(meta, 'workspace_build_scripts');
  const scripts = objectsOf(
    at,
    `${META_FILE}#workspace_build_scripts`,
    'build_scripts',
    Array.isArray(list) ? list : [],
    isObject,
  );
  putAll(at, new SourceFile(at.workspaceId, META_FILE), 'build_scripts', scripts, (element) => {
    noteWorkspace(at, element);
    const columns = scriptColumns(element, firstTime(field(meta, 'created_at')));
    const id = ownId(element, 'id');
    const rendered = scriptElement(columns, { id: id?.value ?? null, workspaceId: at.name, planId: null });
    return {
      key: id?.value ?? keyOf(element),
      table: 'build_scripts',
      id,
      values: {
        ...columns,
        workspace_id: at.workspaceId,
        plan_id: null,
        meta: metaJson(leftoversOf(element, rendered, id === undefined ? { no_id: true } : {})),
      },
    };
  });
}

function putAll<E>(
  at: WorkspaceImport,
  source: SourceFile,
  kind: string,
  list: readonly E[],
  itemOf: (element: E) => Omit<Item, 'kind'> & { key: string },
): void {
  const items = list.map(itemOf);
  for (const { element, place } of source.match(kind, items, ({ key }) => key).placed) {
    const { key: _key, ...item } = element;
    at.writer.put({ ...item, kind }, place);
  }
}
