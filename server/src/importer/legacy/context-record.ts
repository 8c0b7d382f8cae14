/** Files of a plan that become context or research, between the file store and their columns. All pure. */
import type { ContextRow } from '../../db/index.ts';
import { parseFrontMatter } from '../../domain/front-matter.ts';
import type { JsonObject } from '../../domain/stored-values.ts';
import { type Leftovers, leftoversOf, withLeftovers } from '../leftovers.ts';
import { field, firstTime, isObject, textOr, timeOrNull } from '../values.ts';

/**
 * How the data lies in the file: in `data` of an envelope; beside the envelope's fields; as the whole file; or the file
 * is no object at all.
 */
type Shape = 'enveloped' | 'flat' | 'whole' | 'bare';

/** The fields that date a file of this kind, the first one that there is. */
const DATES = ['stored_at', 'captured_at', 'recovered_at', 'timestamp', 'created_at', 'updated_at'] as const;

export interface ContextFile {
  /** File name without `.json`. */
  stem: string;
  /** Only `context` files have envelopes; the others are their data. */
  kind: 'context' | 'handoffs' | 'investigations';
  planId: string;
  workspaceId: string;
  /** When the file was last changed. */
  since: () => string;
}

interface ContextColumns extends Pick<ContextRow, 'type' | 'key' | 'data' | 'created_at' | 'updated_at'> {
  left: Leftovers | null;
}

export function contextColumns(value: unknown, file: ContextFile): ContextColumns {
  const shape = shapeOf(value, file);
  const element = isObject(value) ? value : {};
  const at = firstTime(...DATES.map((name) => field(element, name)), file.since);
  const { data, envelope } = partsOf(value, element, shape);
  const type = typeOf(element, file);
  const key = file.kind === 'investigations' ? `investigations/${file.stem}` : file.stem;
  const dated = DATES.find((name) => timeOrNull(field(element, name)) !== null) ?? null;
  const columns = { type, key: key.slice(0, 200), data: JSON.stringify(data), created_at: at, updated_at: at };
  const notes = {
    ...(shape === 'enveloped' ? {} : { shape }),
    ...(shape === 'flat' && dated !== null ? { dated } : {}),
    ...(columns.key === key ? {} : { key }),
  };
  return { ...columns, left: leftoversOf(envelope, envelopeElement(columns, file, shape, dated), notes) };
}

/** The content of the file again. */
export function contextElement(
  row: Pick<ContextRow, 'type' | 'data' | 'created_at'>,
  left: Leftovers,
  ids: Pick<ContextFile, 'planId' | 'workspaceId'>,
): unknown {
  const shape = (left['shape'] as Shape | undefined) ?? 'enveloped';
  const data: unknown = JSON.parse(row.data);
  if (shape === 'bare') return isObject(data) ? data['value'] : data;
  if (shape === 'whole') return data;
  const envelope = withLeftovers(envelopeElement(row, ids, shape, (left['dated'] as string | undefined) ?? null), left);
  return shape === 'enveloped' ? { ...envelope, data } : { ...envelope, ...(isObject(data) ? data : {}) };
}

/** Handoffs between agents of a plan: `handoff_<from>_to_<to>.json`. */
export function isHandoff(stem: string): boolean {
  return /^handoff_.+_to_.+/.test(stem);
}

/** A research note says itself when it was written. */
export function researchDate(content: string, since: () => string): string {
  return firstTime(field(parseFrontMatter(content).metadata, 'created_at'), since);
}

function shapeOf(value: unknown, file: ContextFile): Shape {
  if (!isObject(value)) return 'bare';
  if (file.kind !== 'context') return 'whole';
  if (isObject(field(value, 'data')) && Object.hasOwn(value, 'type')) return 'enveloped';
  return typeof field(value, 'type') === 'string' ? 'flat' : 'whole';
}

const ENVELOPE = new Set(['type', 'plan_id', 'workspace_id']);

/** What is data, and what is said about it. */
function partsOf(value: unknown, element: JsonObject, shape: Shape): { data: unknown; envelope: JsonObject } {
  if (shape === 'bare') return { data: { value }, envelope: {} };
  if (shape === 'whole') return { data: element, envelope: {} };
  if (shape === 'enveloped') {
    const { data, ...envelope } = element;
    return { data, envelope };
  }
  const entries = Object.entries(element);
  const isAbout = ([name]: [string, unknown]) => ENVELOPE.has(name) || DATES.includes(name as never);
  return {
    data: Object.fromEntries(entries.filter((entry) => !isAbout(entry))),
    envelope: Object.fromEntries(entries.filter(isAbout)),
  };
}

function envelopeElement(
  row: Pick<ContextRow, 'type' | 'created_at'>,
  { planId, workspaceId }: Pick<ContextFile, 'planId' | 'workspaceId'>,
  shape: Shape,
  dated: string | null,
): JsonObject {
  if (shape === 'bare' || shape === 'whole') return {};
  const date = shape === 'enveloped' ? 'stored_at' : dated;
  return {
    type: row.type,
    plan_id: planId,
    workspace_id: workspaceId,
    ...(date === null ? {} : { [date]: row.created_at }),
  };
}

function typeOf(element: JsonObject, { kind, stem }: ContextFile): string {
  if (kind === 'investigations') return 'investigation';
  const bare = stem.replace(/\.\d+$/, '') || stem;
  return kind === 'handoffs' ? bare.slice(0, 100) : textOr(field(element, 'type'), bare.slice(0, 100), 100);
}
