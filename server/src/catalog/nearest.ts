import { closest, distance } from 'fastest-levenshtein';

/** The name that was probably meant: the same but for case and underscores, or with few letters changed. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[_-]/g, '');
  const same = known.find((candidate) => plain(candidate) === plain(name));
  if (same !== undefined || known.length === 0) return same;
  const candidate = closest(name, [...known]);
  return distance(name, candidate) <= Math.max(2, Math.floor(name.length / 3)) ? candidate : undefined;
}
