/** memory_context: knowledge that holds for a whole workspace. */

import * as z from 'zod';
import { deleteKnowledge, getKnowledge, type KnowledgeRow, listKnowledge, storeKnowledge } from '../db/index.ts';
import { MemoryError } from '../domain/errors.ts';
import { fromJson, type JsonObject, listFromJson } from '../domain/stored-values.ts';
import { action } from './define.ts';
import { noneCalled, requirePlan, requireWorkspace } from './lookup.ts';
import { sliceOf } from './page.ts';
import { id, json, PAGE, rare, singleLine, title, W, word } from './params.ts';
import { count, oneLine, quoted } from './text.ts';

const slug = singleLine(100);

function toKnowledge(known: KnowledgeRow) {
  return { ...known, data: fromJson<JsonObject>(known.data), tags: listFromJson(known.tags) };
}

const store = action({
  summary: 'Store knowledge under a slug; storing it again keeps what is not named.',
  effect: 'write',
  core: true,
  params: {
    ...W,
    slug,
    title,
    data: json,
    category: word.optional(),
    tags: z.array(word).max(100).optional(),
    created_by_agent: rare(word.optional()),
    created_by_plan: rare(id.optional()),
  },
  example: { slug: 'build', title: 'How to build', data: { text: 'npm run build, then npm test' }, tags: ['build'] },
  run: ({ workspace_id, workspace_path, slug, title, data, ...options }, call) => {
    if (options.created_by_plan !== undefined) requirePlan(call, options.created_by_plan);
    const workspace = requireWorkspace(call, { workspace_id, workspace_path });
    return toKnowledge(storeKnowledge(workspace.id, slug, title, data, options));
  },
  render: (known) => `Stored: knowledge ${known.slug} (${known.id})`,
});

const get = action({
  summary: 'The knowledge under a slug.',
  effect: 'read',
  core: true,
  params: { ...W, slug },
  example: { slug: 'build' },
  run: ({ workspace_id, workspace_path, slug }, call) => {
    const workspace = requireWorkspace(call, { workspace_id, workspace_path });
    const known = getKnowledge(workspace.id, slug);
    if (known !== null) return toKnowledge(known);
    const slugs = listKnowledge(workspace.id).map((other) => other.slug);
    throw noneCalled(
      'knowledge',
      slug,
      slugs.length === 0 ? 'There is none yet.' : `There is: ${slugs.slice(0, 20).join(', ')}.`,
    );
  },
  render: (known) =>
    [
      `${known.slug} (${known.id}) ${quoted(known.title)} · ${known.category}${known.tags.length === 0 ? '' : ` · ${oneLine(known.tags.join(', '), 200)}`} · ${known.updated_at}`,
      oneLine(JSON.stringify(known.data), 20_000),
    ].join('\n'),
});

const listAll = action({
  summary: 'The knowledge of a workspace.',
  effect: 'read',
  params: { ...W, category: word.optional(), ...PAGE },
  example: {},
  run: ({ workspace_id, workspace_path, category, ...page }, call) => {
    const workspace = requireWorkspace(call, { workspace_id, workspace_path });
    return sliceOf(
      listKnowledge(workspace.id, category).map(({ slug, title, category, tags, updated_at }) => ({
        slug,
        title,
        category,
        tags: listFromJson(tags),
        updated_at,
      })),
      page,
    );
  },
  render: ({ items, cursor }) => ({
    heading: count(items.length, 'slug'),
    columns: ['slug', 'category', 'title'],
    rows: items.map((known) => [known.slug, known.category, quoted(known.title, 150)]),
    cursor,
  }),
});

const remove = action({
  summary: 'Delete the knowledge under a slug.',
  effect: 'write',
  params: { ...W, slug },
  example: { slug: 'build' },
  run: ({ workspace_id, workspace_path, slug }, call) => {
    const workspace = requireWorkspace(call, { workspace_id, workspace_path });
    if (!deleteKnowledge(workspace.id, slug)) {
      throw new MemoryError('not_found', `There is no knowledge ${quoted(slug)} here.`, {
        hint: 'list_knowledge shows the slugs.',
      });
    }
    return { slug };
  },
  render: ({ slug }) => `Deleted: knowledge ${slug}`,
});

export const knowledgeActions = {
  store_knowledge: store,
  get_knowledge: get,
  list_knowledge: listAll,
  delete_knowledge: remove,
};
