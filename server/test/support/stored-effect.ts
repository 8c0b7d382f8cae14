/** What a call changed in the database, in a form that is the same for the same change: ids and times only by their kind and order. */
import { rows } from './database.ts';

/** What `fn` answers, and the rows that went and came while it ran. */
export async function storedEffect<T>(dataRoot: string, fn: () => Promise<T>): Promise<{ result: T; rows: string }> {
  const before = allRows(dataRoot);
  const result = await fn();
  const after = allRows(dataRoot);
  const gone = [...before].filter((row) => !after.has(row)).map((row) => `- ${row}`);
  const come = [...after].filter((row) => !before.has(row)).map((row) => `+ ${row}`);
  const changed = [...gone, ...come].sort((a, b) => (withoutIds(a) < withoutIds(b) ? -1 : 1));
  return { result, rows: normal(changed.join('\n')) };
}

function allRows(dataRoot: string): Set<string> {
  const tables = rows<{ name: string }>(
    dataRoot,
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_index%'",
  );
  return new Set(
    tables.flatMap(({ name }) =>
      rows(dataRoot, `SELECT * FROM "${name}"`).map((row) => `${name} ${JSON.stringify(row)}`),
    ),
  );
}

const ID = /\b([a-z]+)_[0-9a-z]{12}\b/g;

/** The text with the n-th id of its kind as `plan#n`, and what no two runs have in common left out. */
export function normal(text: string): string {
  const known = new Map<string, string>();
  const counts = new Map<string, number>();
  return withoutTimes(text).replaceAll(ID, (id, kind: string) => {
    if (!known.has(id)) {
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      known.set(id, `${kind}#${counts.get(kind)}`);
    }
    return known.get(id) ?? id;
  });
}

function withoutIds(text: string): string {
  return withoutTimes(text).replaceAll(ID, '$1');
}

/** Times, the running numbers of rows, and the number of a test's world. */
function withoutTimes(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
    .replaceAll(/("dates":)"[^"]*"/g, '$1"<time>"')
    .replaceAll(/(seq|rid|before_[12])(\\?":)\d+/g, '$1$20')
    .replaceAll(/world-\d+/g, 'world');
}
