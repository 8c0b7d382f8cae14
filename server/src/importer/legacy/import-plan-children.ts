/** Writes the sessions, lineage, notes and build scripts of a plan. */
import type { JsonObject } from '../../domain/stored-values.ts';
import { leftoversOf, metaJson } from '../leftovers.ts';
import { keyOf } from '../sources.ts';
import { field } from '../values.ts';
import type { Item } from '../write.ts';
import type { PlanImport } from './import-plan.ts';
import { noteWorkspace } from './place.ts';
import {
  lineageColumns,
  lineageElement,
  noteColumns,
  noteElement,
  scriptColumns,
  scriptElement,
  sessionColumns,
  sessionElement,
} from './plan-children.ts';
import type { PlanLists } from './plan-record.ts';

/** The payload of the handoff that this lineage entry records, from the handoff's own file. */
export type HandoffPayload = (entry: JsonObject) => unknown;

export function importPlanChildren(plan: PlanImport, lists: PlanLists, payloadOf: HandoffPayload): void {
  const { at, planId, dates } = plan;
  const since = dates.created_at;

  putAll(plan, 'sessions', lists.agent_sessions as JsonObject[], (element) => {
    const columns = sessionColumns(element, since);
    const id = ownId(element, 'session_id');
    return {
      key: id?.value ?? keyOf(element),
      table: 'sessions',
      id,
      values: { ...columns, plan_id: planId, is_orphaned: 0 },
      meta: metaJson(leftoversOf(element, sessionElement(columns, id?.value ?? null), withoutId(id))),
    };
  });

  putAll(plan, 'lineage', lists.lineage as JsonObject[], (element) => {
    const payload = payloadOf(element);
    const columns = lineageColumns(element, payload, since);
    const ownData = field(element, 'data') !== undefined;
    const notes = !ownData && columns.data !== null ? { data_from: 'handoff' } : {};
    return {
      key: keyOf(field(element, 'timestamp'), field(element, 'from_agent'), field(element, 'to_agent')),
      table: 'lineage',
      values: { ...columns, plan_id: planId },
      meta: metaJson(leftoversOf(element, lineageElement(columns, ownData), notes)),
    };
  });

  const notes = (['pending_notes', 'notes'] as const).flatMap((list) =>
    (lists[list] as (JsonObject | string)[]).map((element) => ({ list, element })),
  );
  putAll(plan, 'notes', notes, ({ list, element }, position) => {
    const columns = noteColumns(element, since, at.tally.unknownIn(`${plan.path}#${list}[${position}]`));
    const isText = typeof element === 'string';
    const object = isText ? { note: element } : element;
    const about = { ...(list === 'notes' ? { list } : {}), ...(isText ? { is_text: true } : {}) };
    return {
      key: keyOf(list, field(object, 'added_at'), field(object, 'note')),
      table: 'plan_notes',
      values: { ...columns, plan_id: planId },
      meta: metaJson(leftoversOf(object, noteElement(columns), about)),
    };
  });

  putAll(plan, 'build_scripts', lists.build_scripts as JsonObject[], (element) => {
    noteWorkspace(at, element);
    const columns = scriptColumns(element, since);
    const id = ownId(element, 'id');
    const rendered = scriptElement(columns, { id: id?.value ?? null, workspaceId: at.name, planId: plan.sourceId });
    return {
      key: id?.value ?? keyOf(element),
      table: 'build_scripts',
      id,
      values: { ...columns, workspace_id: at.workspaceId, plan_id: planId },
      meta: metaJson(leftoversOf(element, rendered, withoutId(id))),
    };
  });
}

export function ownId(element: JsonObject, name: string): Item['id'] {
  const value = field(element, name);
  return typeof value === 'string' && value !== '' && value.length <= 200 ? { field: name, value } : undefined;
}

/** Says to the exporter that the element had no id of its own. */
function withoutId(id: Item['id']): JsonObject {
  return id === undefined ? { no_id: true } : {};
}

interface Child extends Omit<Item, 'kind'> {
  key: string;
  meta: string | null;
}

function putAll<E>(
  { at, source }: PlanImport,
  kind: string,
  list: readonly E[],
  childOf: (element: E, position: number) => Child,
): void {
  const children = list.map(childOf);
  for (const { element, place } of source.match(kind, children, ({ key }) => key).placed) {
    const { key: _key, meta, values, ...child } = element;
    at.writer.put({ ...child, kind, values: { ...values, meta } }, place);
  }
}
