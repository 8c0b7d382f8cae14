/** Every older id and other path of a workspace resolves to it from now on. */
import { getWorkspace, getWorkspaceByPath } from '../../db/index.ts';
import type { PathKind } from '../../domain/vocabulary.ts';
import { normaliseWorkspacePath, workspacePathKey } from '../../domain/workspace-path.ts';
import { SourceFile } from '../sources.ts';
import { field, firstTime } from '../values.ts';
import type { WorkspaceFiles, WorkspaceFolder } from './import-workspace.ts';
import type { WorkspaceImport } from './place.ts';

const FILE = 'workspace.meta.json';
const KIND = 'aliases';

export function importAliases(
  at: WorkspaceImport,
  { meta, context }: WorkspaceFiles,
  { registered, siblings }: WorkspaceFolder,
  path: string,
): void {
  const legacy = field(meta, 'legacy_workspace_ids');
  const children = field(meta, 'child_workspace_ids');
  // A child without a folder that the files name as their own workspace is an older id.
  const ids = [
    ...(Array.isArray(legacy) ? legacy : []),
    ...(Array.isArray(children) ? children : []),
    ...at.namedWorkspaces,
  ];
  const isOwn = new Set<unknown>([...(Array.isArray(legacy) ? legacy : []), ...at.namedWorkspaces]);
  const paths = [field(meta, 'workspace_path'), field(meta, 'path'), field(context, 'workspace_path'), ...registered];
  const aliases = [
    ...(at.workspaceId === at.name ? [] : [{ kind: 'legacy_id' as const, text: at.name }]),
    ...unique(ids)
      .filter((id) => isOwn.has(id) && id !== at.name)
      .map((text) => ({ kind: 'legacy_id' as const, text })),
    ...unique(paths)
      .filter((text) => normaliseWorkspacePath(text) !== '' && workspacePathKey(text) !== workspacePathKey(path))
      .map((text) => ({ kind: 'path' as const, text: normaliseWorkspacePath(text) })),
  ];
  const source = new SourceFile(at.workspaceId, FILE);
  const { placed } = source.match(KIND, aliases, ({ kind, text }) => `${kind} ${text}`);
  for (const {
    element: { kind, text },
    place,
  } of placed) {
    const owner = ownerOf(kind, text);
    const skip = (reason: string) => at.tally.skip({ kind: KIND, path: FILE, reason, error: false });
    if (kind === 'legacy_id' && text !== at.name && siblings.includes(text)) skip(`${text} has a folder of its own`);
    else if (owner !== null && owner !== at.workspaceId) skip(`${text} leads to workspace ${owner}`);
    else if (place.known === undefined && owner === at.workspaceId) at.tally.count(KIND, 'unchanged');
    else {
      at.writer.put(
        {
          kind: KIND,
          table: 'workspace_paths',
          values: {
            workspace_id: at.workspaceId,
            kind,
            path: text,
            path_key: kind === 'path' ? workspacePathKey(text) : text,
            created_at: firstTime(field(meta, 'created_at')),
          },
        },
        place,
      );
    }
  }
}

function ownerOf(kind: PathKind, text: string): string | null {
  return (kind === 'path' ? getWorkspaceByPath(text) : getWorkspace(text))?.id ?? null;
}

function unique(values: readonly unknown[]): string[] {
  return [...new Set(values.filter((value): value is string => typeof value === 'string' && value !== ''))];
}
