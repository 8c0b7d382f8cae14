/** Where elements come from: their file, what they are recognised by, and what was imported from there before. */
import { hash } from 'node:crypto';
import { getImportSources, type ImportSourceRow, parkImportSources } from '../db/index.ts';
import { isObject } from './values.ts';

/** Where an element stands. Elements of one kind and file are recognised by their key, whatever their position. */
export interface Place {
  path: string;
  position: number;
  key: string;
  /** Nothing of its file was ever imported: an id made from the place cannot be taken. */
  isNew: boolean;
  /** What was imported from there before. */
  known: ImportSourceRow | undefined;
}

export interface Placed<E> {
  element: E;
  place: Place;
}

/** A short hash of values, for keys of what has no id of its own. The order of properties makes no difference. */
export function keyOf(...parts: readonly unknown[]): string {
  // Asking a function about every value is slow, and most keys are made of words alone.
  return shortHash(parts.some(isObject) ? JSON.stringify(parts, sortedProperties) : JSON.stringify(parts));
}

function sortedProperties(_name: string, value: unknown): unknown {
  return isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
}

/** What was imported from one file, and what of it has been met again. */
export class SourceFile {
  readonly path: string;
  readonly #byKind = new Map<string, ImportSourceRow[]>();

  constructor(workspaceId: string | null, path: string) {
    this.path = path;
    for (const source of getImportSources(workspaceId, path)) {
      const list = this.#byKind.get(source.kind);
      if (list === undefined) this.#byKind.set(source.kind, [source]);
      else list.push(source);
    }
  }

  /** Whether nothing was ever imported from it. */
  get isNew(): boolean {
    return this.#byKind.size === 0;
  }

  /**
   * Each element with its place and its known source, found by its key; equal keys pair up in their order. With
   * `orPosition`, what is left is taken for the one that stood at the same position: it was re-worded. Answers also what no
   * element is known by any more.
   */
  match<E>(
    kind: string,
    elements: readonly E[],
    keyOfElement: (element: E) => string,
    { orPosition = false } = {},
  ): { placed: Placed<E>[]; gone: ImportSourceRow[] } {
    const seen = new Map<string, number>();
    const left = new Map(this.#byKind.get(kind)?.map((source) => [source.match_key, source]));
    const placed = elements.map((element, position) => {
      const plain = keyOfElement(element);
      const times = (seen.get(plain) ?? 0) + 1;
      seen.set(plain, times);
      const key = times === 1 ? plain : `${plain} ${times}`;
      const known = left.get(key);
      left.delete(key);
      return { element, place: { path: this.path, position, key, isNew: this.isNew, known } };
    });
    if (orPosition && left.size > 0) takeByPosition(placed, left);
    return { placed, gone: [...left.values()] };
  }

  /** The place of the only element of its kind, or of one with a key of its own. */
  place(kind: string, key = '', position = 0): Place {
    const known = this.#byKind.get(kind)?.find((source) => source.match_key === key);
    return { path: this.path, position, key, isNew: this.isNew, known };
  }
}

/** Elements whose key is new take the source that stood at their position, out of those that are left. */
function takeByPosition(placed: readonly Placed<unknown>[], left: Map<string, ImportSourceRow>): void {
  const byPosition = new Map([...left.values()].map((source) => [source.position, source]));
  for (const { place } of placed) {
    const other = place.known === undefined ? byPosition.get(place.position) : undefined;
    if (other === undefined) continue;
    place.known = other;
    left.delete(other.match_key);
  }
  parkImportSources(
    placed.flatMap(({ place: { known, key } }) => (known && known.match_key !== key ? [known.seq] : [])),
  );
}

/** Enough of a SHA-256 that two texts never meet. */
export function shortHash(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}
