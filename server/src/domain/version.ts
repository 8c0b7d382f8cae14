/** The version of this program, from its package. */
import manifest from '../../package.json' with { type: 'json' };

export const VERSION: string = manifest.version;

/** Compares `x.y.z` by number: negative when `a` is older. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string) => version.split('.').map(Number);
  const [left, right] = [parts(a), parts(b)];
  for (const index of [0, 1, 2]) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
