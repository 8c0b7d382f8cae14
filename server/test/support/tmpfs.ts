/** Small disks in memory for one test each. */
import { onTestFinished } from 'vitest';
import { makeDisk, removeDisk, setReadOnly } from '../../torture/small-disk.ts';

export { canMount, fill } from '../../torture/small-disk.ts';

/** A disk of this size, such as `8m`, gone after the test. */
export function smallDisk(size: string): string {
  const folder = makeDisk(size);
  onTestFinished(() => removeDisk(folder));
  return folder;
}

export function makeReadOnly(disk: string): void {
  setReadOnly(disk, true);
}
