/** Writes the files of an export: JSON as the old file store wrote it, and times of change where only those tell a date. */
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MemoryError } from '../../domain/errors.ts';

/** Writes below one folder, which must be new or empty. */
export class ExportFolder {
  readonly root: string;
  readonly #taken = new Set<string>();
  files = 0;

  constructor(root: string) {
    if (existsSync(root) && readdirSync(root).length > 0) {
      throw new MemoryError('conflict', `${root} is not empty.`, {
        hint: 'Name a folder that is empty or does not exist.',
      });
    }
    mkdirSync(root, { recursive: true });
    this.root = root;
  }

  /** Writes JSON at the path, or, when that is taken, at the next free `<name>.<n>.json`. */
  json(path: string, value: unknown, changedAt: string): void {
    this.text(this.#free(path), `${JSON.stringify(value, null, 2)}`, changedAt);
  }

  text(path: string, content: string, changedAt: string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    const time = new Date(changedAt);
    utimesSync(file, time, time);
    this.#taken.add(path.toLowerCase());
    this.files++;
  }

  #free(path: string): string {
    let free = path;
    for (let n = 2; this.#taken.has(free.toLowerCase()); n++) free = path.replace(/(\.\d+)?\.json$/, `.${n}.json`);
    return free;
  }
}

/** A name that every file system takes and that stays in its folder. */
export function fileName(text: string): string {
  const name = text.replace(/[\p{Cc}<>:"/\\|?*]/gu, '_').replace(/^\.+/, '_');
  return name.slice(0, 200) || '_';
}

/** The same for a path of several names. */
export function filePath(text: string): string {
  return text.split('/').map(fileName).join('/');
}
