/** Files with a JSON object per line. */
import type { JsonObject } from '../../domain/stored-values.ts';
import type { Skip } from '../report.ts';
import { parseJson, readText } from '../source-files.ts';
import { isObject } from '../values.ts';

export interface Lines {
  lines: { position: number; element: JsonObject }[];
  skipped: Skip[];
}

/** A line that is no object is listed as skipped, and the others are read. */
export function readLines(file: string, name: string, kind: string): Lines {
  const text = readText(file);
  if (!text.ok) return { lines: [], skipped: [{ kind: 'files', path: name, reason: text.reason, error: true }] };
  const found: Lines = { lines: [], skipped: [] };
  for (const [position, line] of text.value
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '') continue;
    const read = parseJson(line);
    if (read.ok && isObject(read.value)) found.lines.push({ position, element: read.value });
    else
      found.skipped.push({ kind, path: name, position, reason: read.ok ? 'is no object' : read.reason, error: true });
  }
  return found;
}
