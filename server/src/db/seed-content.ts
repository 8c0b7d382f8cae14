/** Seeding the agents, instructions and skills of a folder. A second run writes nothing. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseFrontMatter } from '../domain/front-matter.ts';
import type { JsonObject } from '../domain/stored-values.ts';
import type { ContentOrigin } from '../domain/vocabulary.ts';
import { storeAgent } from './agent-definition-db.ts';
import { type ContentKind, type ContentPath, findContentFiles } from './content-files.ts';
import { storeInstruction } from './instruction-db.ts';
import { type ContentTable, contentHash, getNamed, nameKey, type SeedMark } from './named-content.ts';
import { transaction } from './query-helpers.ts';
import { storeSkill } from './skill-db.ts';

/** A file that was found and is not used, with the reason. */
export interface LeftOut {
  path: string;
  reason: string;
}

interface ContentFile {
  kind: ContentKind;
  path: string;
  name: string;
  content: string;
  metadata: JsonObject;
}

export interface SeedReport {
  found: number;
  /** How many of each kind are stored now as the files say. */
  stored: Record<ContentKind, number>;
  /** How many of the stored ones this run wrote. */
  written: number;
  /** Every other file with its reason: found = stored + left out. */
  leftOut: LeftOut[];
}

/** The files of a folder, read; one that cannot be used is there with the reason. @throws not_found for a missing folder */
export function readContent(folder: string): (ContentFile | LeftOut)[] {
  return findContentFiles(folder).map((file) => readContentFile(folder, file));
}

/**
 * Stores content that was read. Of two files with one name the first by path wins. A row whose content was changed since it
 * was seeded is kept, and default content never replaces a person's.
 */
export function seedContent(read: readonly (ContentFile | LeftOut)[], origin: ContentOrigin): SeedReport {
  return transaction(() => {
    const report: SeedReport = {
      found: read.length,
      stored: { agent: 0, instruction: 0, skill: 0 },
      written: 0,
      leftOut: read.filter((file) => 'reason' in file),
    };
    const first = new Map<string, ContentFile>();
    for (const file of read.filter((file) => 'content' in file)) {
      const earlier = first.get(`${file.kind} ${nameKey(file.name)}`);
      if (earlier !== undefined) {
        const same = earlier.content === file.content ? 'identical to' : `same name "${earlier.name}" as`;
        report.leftOut.push({ path: file.path, reason: `${same} ${earlier.path}` });
        continue;
      }
      first.set(`${file.kind} ${nameKey(file.name)}`, file);
      const outcome = seedFile(file, origin);
      if (outcome === 'kept') {
        report.leftOut.push({
          path: file.path,
          reason: `the stored "${file.name}" was changed by somebody and is kept`,
        });
        continue;
      }
      report.stored[file.kind]++;
      if (outcome === 'written') report.written++;
    }
    return report;
  });
}

const MAX_BYTES = 1_000_000;

// As long as the tables allow.
const MAX_NAME = 200;
const MAX_CATEGORY = 100;

/** A name comes from the front matter, else from the file or folder, never from a heading; an instruction's is its file. */
function readContentFile(folder: string, { kind, path, stem }: ContentPath): ContentFile | LeftOut {
  const text = readText(join(folder, path));
  if (typeof text !== 'string') return { path, reason: text.reason };
  const { metadata, content } = parseFrontMatter(text);
  const named = kind === 'instruction' ? null : textOf(metadata['name']);
  const name = named?.replace(/\s+/g, ' ') ?? stem;
  if (kind !== 'instruction' && name.length > MAX_NAME)
    return { path, reason: `its name is longer than ${MAX_NAME} characters` };
  if (kind === 'skill' && categoryOf(skillFields(metadata)).length > MAX_CATEGORY) {
    return { path, reason: `its category is longer than ${MAX_CATEGORY} characters` };
  }
  return { kind, path, name, content, metadata };
}

function readText(file: string): string | { reason: string } {
  try {
    if (statSync(file).size > MAX_BYTES) return { reason: 'larger than 1 MB' };
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
    return text.includes('\0') ? { reason: 'holds a NUL byte' } : text;
  } catch (error) {
    return { reason: error instanceof TypeError ? 'not UTF-8 text' : 'cannot be read' };
  }
}

const TABLES: Record<ContentKind, ContentTable> = {
  agent: 'agent_definitions',
  instruction: 'instruction_files',
  skill: 'skill_definitions',
};

function seedFile(file: ContentFile, origin: ContentOrigin): 'written' | 'unchanged' | 'kept' {
  const known = getNamed(TABLES[file.kind], file.name);
  if (known !== null) {
    if (known.content === file.content) return 'unchanged';
    const changed = known.seeded_hash !== contentHash(known.content);
    // The program's own content never replaces what a person brought.
    if (changed || (origin === 'default' && known.origin === 'user')) return 'kept';
  }
  storeFile(file, { origin, seeded_hash: contentHash(file.content) });
  return 'written';
}

function storeFile({ kind, name, content, metadata }: ContentFile, mark: SeedMark): void {
  if (kind === 'agent') storeAgent(name, content, metadata, mark);
  else if (kind === 'instruction') storeInstruction(name, globsOf(metadata), content, metadata, mark);
  else storeSkillFile(name, content, metadata, mark);
}

function storeSkillFile(name: string, content: string, metadata: JsonObject, mark: SeedMark): void {
  const fields = skillFields(metadata);
  storeSkill(
    name,
    categoryOf(fields),
    listOf(fields['tags']),
    listOf(fields['language_targets']),
    listOf(fields['framework_targets']),
    content,
    { description: textOf(fields['description']), metadata, mark },
  );
}

/** Some skill files put their fields one level down, under `metadata`. */
function skillFields(metadata: JsonObject): JsonObject {
  const inner = metadata['metadata'];
  return { ...(isObject(inner) ? inner : {}), ...metadata };
}

function categoryOf(fields: JsonObject): string {
  return textOf(fields['category']) ?? 'general';
}

/** An instruction without `applyTo` matches no file by itself. */
function globsOf(metadata: JsonObject): string {
  const globs = metadata['applyTo'] ?? metadata['applies_to'];
  return Array.isArray(globs) ? globs.join(',') : (textOf(globs) ?? '');
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** A list of words: a YAML list, or one text with commas. */
function listOf(value: unknown): string[] {
  const words = Array.isArray(value) ? value.map(String) : (textOf(value) ?? '').split(',');
  return words.map((word) => word.trim()).filter((word) => word !== '');
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
