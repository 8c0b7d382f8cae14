/** Knowledge: what holds for a whole workspace, under a slug that people can say. */
import { now } from '../domain/clock.ts';
import { MemoryError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { defined, toJson } from '../domain/stored-values.ts';
import { queryAll, queryOne, transaction } from './query-helpers.ts';
import type { KnowledgeRow } from './types.ts';
import { deleteRow, insertRow, updateRow } from './write-helpers.ts';

const SLUG = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const MAX_SLUG = 100;
const MAX_DATA_BYTES = 256 * 1024;

export interface KnowledgeOptions {
  category?: string | undefined;
  tags?: readonly string[] | undefined;
  created_by_agent?: string | undefined;
  created_by_plan?: string | undefined;
  /** For imported knowledge. */
  created_at?: string | undefined;
  updated_at?: string | undefined;
}

/**
 * Stores knowledge under a slug. Storing it again replaces title and data and keeps what is not named.
 * @throws invalid_input for a bad slug or data above 256 KB.
 */
export function storeKnowledge(
  wsId: string,
  slug: string,
  title: string,
  data: unknown,
  options: KnowledgeOptions = {},
): KnowledgeRow {
  const json = checkedData(slug, data);
  return transaction(() => {
    const fields = defined({
      title,
      data: json,
      category: options.category,
      tags: toJson(options.tags) ?? undefined,
    });
    const known = getKnowledge(wsId, slug);
    if (known !== null) {
      return updateRow('knowledge', known.id, ['title', 'data', 'category', 'tags'], fields) as KnowledgeRow;
    }
    const created = options.created_at ?? now();
    return insertRow('knowledge', {
      ...fields,
      id: newId('knowledge'),
      workspace_id: wsId,
      slug,
      created_by_agent: options.created_by_agent,
      created_by_plan: options.created_by_plan,
      created_at: created,
      updated_at: options.updated_at ?? created,
    });
  });
}

export function getKnowledge(wsId: string, slug: string): KnowledgeRow | null {
  return queryOne<KnowledgeRow>('SELECT * FROM knowledge WHERE workspace_id = ? AND slug = ?', [wsId, slug]) ?? null;
}

/** The knowledge of a workspace by slug; of one category, if given. */
export function listKnowledge(wsId: string, category?: string): KnowledgeRow[] {
  return category === undefined
    ? queryAll<KnowledgeRow>('SELECT * FROM knowledge WHERE workspace_id = ? ORDER BY slug', [wsId])
    : queryAll<KnowledgeRow>('SELECT * FROM knowledge WHERE workspace_id = ? AND category = ? ORDER BY slug', [
        wsId,
        category,
      ]);
}

/** Answers whether there was one. */
export function deleteKnowledge(wsId: string, slug: string): boolean {
  return transaction(() => {
    const known = getKnowledge(wsId, slug);
    return known !== null && deleteRow('knowledge', known.id);
  });
}

function checkedData(slug: string, data: unknown): string {
  if (slug.length > MAX_SLUG || !SLUG.test(slug)) {
    throw new MemoryError('invalid_input', `"${slug.slice(0, MAX_SLUG)}" is not a slug.`, {
      hint: `Use at most ${MAX_SLUG} lower-case letters, digits and inner hyphens, such as "build-steps".`,
    });
  }
  const json = JSON.stringify(data);
  if (json === undefined) throw new MemoryError('invalid_input', 'Knowledge needs data.');
  if (Buffer.byteLength(json) > MAX_DATA_BYTES) {
    throw new MemoryError('invalid_input', `The data of "${slug}" is larger than 256 KB.`, {
      hint: 'Put long text into a research document, or split it into several slugs.',
    });
  }
  return json;
}
