/** The reference memory server: a file of entities and relations. An entity becomes knowledge, with its relations in it. */
import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { JsonObject } from '../../domain/stored-values.ts';
import { modifiedAt } from '../source-files.ts';
import { field, firstTime, textOrNull } from '../values.ts';
import { readLines } from './json-lines.ts';
import { type Found, type NeighbourReader, NO_OUTLINE, type Outline, type OutlinedKnowledge } from './outline.ts';

const PLACES = ['memory.jsonl', 'memory.json'];

export const memory: NeighbourReader = { find, read };

function find(path: string): Found | null {
  const file = statSync(path).isFile()
    ? path
    : PLACES.map((place) => join(path, place)).find((place) => statSync(place, { throwIfNoEntry: false })?.isFile());
  if (file === undefined) return null;
  const first = readLines(file, basename(file), 'knowledge').lines[0]?.element;
  const type = first === undefined ? undefined : field(first, 'type');
  return type === 'entity' || type === 'relation' ? { path: file, project: dirname(file) } : null;
}

interface Entity {
  element: JsonObject;
  relations: JsonObject[];
}

function read({ path }: Found): Outline {
  const name = basename(path);
  const { lines, skipped } = readLines(path, name, 'knowledge');
  const since = modifiedAt(path);
  const notes: Outline['notes'][number][] = [];
  const entities = new Map<string, Entity>();
  for (const { position, element } of lines) {
    const entityName = textOrNull(field(element, 'name'));
    if (field(element, 'type') === 'relation') continue;
    const skip = (reason: string, error: boolean) =>
      skipped.push({ kind: 'knowledge', path: name, position, reason, error });
    if (field(element, 'type') !== 'entity' || !entityName) skip('is neither an entity nor a relation', true);
    else if (entities.has(entityName)) skip(`${entityName} stands in an earlier line already`, false);
    else entities.set(entityName, { element, relations: [] });
  }
  for (const { position, element } of lines) {
    if (field(element, 'type') !== 'relation') continue;
    const from = textOrNull(field(element, 'from'));
    if (!from) {
      skipped.push({ kind: 'relations', path: name, position, reason: 'does not say from where', error: true });
      continue;
    }
    const { type: _type, from: _from, ...relation } = element;
    const entity = entities.get(from);
    if (entity !== undefined) entity.relations.push(relation);
    else {
      notes.push({
        kind: 'relations',
        path: name,
        position,
        reason: `${from} is no entity of the file, so it became one without observations`,
      });
      entities.set(from, { element: {}, relations: [relation] });
    }
  }
  const knowledge = [...entities].map(([key, entity]) => knowledgeOf(key, entity, since));
  return { ...NO_OUTLINE, knowledge, files: 1, skipped, notes };
}

function knowledgeOf(key: string, { element, relations }: Entity, since: string): OutlinedKnowledge {
  const { type: _type, name: _name, entityType, observations, ...rest } = element;
  return {
    key,
    title: key,
    category: textOrNull(entityType) || 'reference',
    data: {
      observations: Array.isArray(observations) ? observations : [],
      ...(relations.length > 0 ? { relations } : {}),
      ...rest,
    },
    createdAt: firstTime(field(element, 'createdAt'), since),
    relations: relations.length,
  };
}
