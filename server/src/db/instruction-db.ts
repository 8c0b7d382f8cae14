/** Instruction files: Markdown that applies to the files its globs match. */
import { matchingGlob } from '../domain/glob.ts';
import type { JsonObject } from '../domain/stored-values.ts';
import { getNamed, listNamed, type SeedMark, storeNamed } from './named-content.ts';
import type { InstructionRow } from './types.ts';

/** Stores an instruction file, or replaces the one of this name, whatever the case of its letters. */
export function storeInstruction(
  filename: string,
  appliesTo: string,
  content: string,
  metadata: JsonObject = {},
  mark?: SeedMark,
): InstructionRow {
  const values = { applies_to: appliesTo, content, metadata: JSON.stringify(metadata) };
  return storeNamed('instruction_files', filename, values, mark);
}

export function getInstruction(filename: string): InstructionRow | null {
  return getNamed('instruction_files', filename);
}

export interface InstructionMatch extends InstructionRow {
  /** The glob of the list by which the file was matched. */
  matching_glob: string;
}

/** The instructions whose globs match this path (`**`, `*`, `?`, `{a,b}`, comma lists, either slash), by name. */
export function getInstructionsForFile(filepath: string): InstructionMatch[] {
  return getInstructionsForFiles([filepath]);
}

/** Those of whose globs one matches any of the files, with the first that does. */
export function getInstructionsForFiles(filepaths: readonly string[]): InstructionMatch[] {
  return listInstructions().flatMap((file) => {
    for (const path of filepaths) {
      const matching_glob = matchingGlob(file.applies_to, path);
      if (matching_glob !== null) return { ...file, matching_glob };
    }
    return [];
  });
}

/** All instruction files by name. */
export function listInstructions(): InstructionRow[] {
  return listNamed('instruction_files');
}
