/** Writes the knowledge of a workspace: JSON files with a content, and plain Markdown. */
import { join } from 'node:path';
import type { JsonObject } from '../../domain/stored-values.ts';
import { leftoversOf, metaJson } from '../leftovers.ts';
import { listFolder, listTree, modifiedAt, readText } from '../source-files.ts';
import { SourceFile } from '../sources.ts';
import { isObject } from '../values.ts';
import { readFileOf, readJsonOf, skipFile, type WorkspaceImport } from './place.ts';
import { kindOf } from './survey.ts';
import { knowledgeColumns, knowledgeElement } from './workspace-record.ts';

const FOLDER = 'knowledge';

export function importKnowledge(at: WorkspaceImport): void {
  const { files, folders } = listFolder(join(at.folder, FOLDER));
  const slugs = new Set<string>();
  for (const name of files) {
    const path = `${FOLDER}/${name}`;
    if (name.endsWith('.json')) {
      readJsonOf(at, path, 'knowledge', (value) => {
        if (isObject(value)) put(at, path, name, value, {}, slugs);
        else at.tally.skip({ kind: 'knowledge', path, reason: `is ${kindOf(value)}`, error: true });
      });
    } else if (name.endsWith('.md')) {
      readFileOf(
        at,
        path,
        'knowledge',
        () => readText(join(at.folder, path)),
        (content) => put(at, path, name, { content }, { is_markdown: true }, slugs),
      );
    } else skipFile(at, path, 'neither JSON nor Markdown');
  }
  for (const folder of folders) {
    for (const name of listTree(join(at.folder, FOLDER, folder))) {
      skipFile(at, `${FOLDER}/${folder}/${name}`, 'knowledge has no folders');
    }
  }
}

function put(
  at: WorkspaceImport,
  path: string,
  name: string,
  element: JsonObject,
  about: JsonObject,
  slugs: Set<string>,
): void {
  const stem = name.replace(/\.(?:json|md)$/, '');
  const columns = knowledgeColumns(element, stem, modifiedAt(join(at.folder, path)));
  // Slugs that differ only in what ours cannot hold are told apart by a number.
  const plain = columns.slug;
  for (let number = 2; slugs.has(columns.slug); number++) columns.slug = `${plain.slice(0, 95)}-${number}`;
  slugs.add(columns.slug);
  const isMarkdown = about['is_markdown'] === true;
  const left = leftoversOf(isMarkdown ? {} : element, isMarkdown ? {} : knowledgeElement(columns), {
    ...about,
    ...(stem === columns.slug ? {} : { stem }),
  });
  at.writer.putOne(new SourceFile(at.workspaceId, path), {
    kind: 'knowledge',
    table: 'knowledge',
    values: { ...columns, workspace_id: at.workspaceId, meta: metaJson(left) },
  });
}
