/** Finds the agent, instruction and skill files of a folder. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { MemoryError } from '../domain/errors.ts';
import { nodeCrypto } from '../domain/node-crypto.ts';

export type ContentKind = 'agent' | 'instruction' | 'skill';

export interface ContentPath {
  kind: ContentKind;
  /** Relative to the folder, with forward slashes. */
  path: string;
  /** The name that the file or its folder gives. */
  stem: string;
}

// agents/**/*.agent.md, [.github/]instructions/**/*.instructions.md, [.github/]skills/**/SKILL.md
const KINDS: readonly { kind: ContentKind; pattern: RegExp }[] = [
  { kind: 'agent', pattern: /^agents\/(?:.*\/)?([^/]+)\.agent\.md$/ },
  { kind: 'instruction', pattern: /^(?:\.github\/)?instructions\/(?:.*\/)?([^/]+\.instructions\.md)$/ },
  { kind: 'skill', pattern: /^(?:\.github\/)?skills\/(?:.*\/)?([^/]+)\/SKILL\.md$/ },
];

/** The content files of a folder in code-point order of their paths. @throws not_found when the folder is missing */
export function findContentFiles(folder: string): ContentPath[] {
  if (!isFolder(folder)) {
    throw new MemoryError('not_found', `There is no folder ${folder}.`, {
      hint: 'Name a folder that holds agents/, instructions/ or skills/.',
    });
  }
  return ['agents', 'instructions', 'skills', '.github/instructions', '.github/skills']
    .filter((part) => isFolder(join(folder, part)))
    .flatMap((part) =>
      readdirSync(join(folder, part), { recursive: true, encoding: 'utf8' }).map(
        (path) => `${part}/${path.replaceAll(sep, '/')}`,
      ),
    )
    .sort()
    .flatMap((path) =>
      KINDS.flatMap(({ kind, pattern }) => {
        const stem = pattern.exec(path)?.[1];
        return stem === undefined ? [] : [{ kind, path, stem }];
      }),
    );
}

/** A hash over the paths and bytes of all content files of a folder. @throws not_found when the folder is missing */
export function hashContentFiles(folder: string): string {
  const hash = nodeCrypto().createHash('sha256');
  for (const { path } of findContentFiles(folder)) {
    const bytes = readFileSync(join(folder, path));
    // With its length, no file's end can be taken for the next one's beginning.
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
