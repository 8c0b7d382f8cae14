/** Loading dumps that are damaged, odd, or were changed by hand: each refusal names the line and the cause. */
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { hashOfAllRows, rows, tamper } from './support/database.ts';
import { newFolder, removeFolder, temporaryFolder } from './support/folders.ts';
import { ok, refused } from './support/home.ts';
import { Memory } from './support/memory.ts';
import { aWorld } from './support/world.ts';

let home = '';

beforeAll(async () => {
  home = newFolder();
  const memory = await new Memory({ dataRoot: home }).connect();
  await aWorld(memory);
  await memory.close();
  return () => removeFolder(home);
});

async function dumped(dataRoot = home): Promise<string[]> {
  const file = join(temporaryFolder(), 'all.jsonl');
  await ok(dataRoot, 'dump', file);
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}

function fileOf(lines: readonly string[], end = '\n'): string {
  const file = join(temporaryFolder(), 'changed.jsonl');
  writeFileSync(file, lines.join(end));
  return file;
}

/** Changes the first line of a row of this table. */
const inRow =
  (table: string, change: (line: string) => string[]) =>
  (lines: string[]): string[] => {
    const at = lines.findIndex((line) => line.startsWith(`{"table":"${table}"`));
    return [...lines.slice(0, at), ...change(lines[at] ?? ''), ...lines.slice(at + 1)];
  };

function changed(line: string, from: RegExp, to: string): string {
  const other = line.replace(from, to);
  expect(other).not.toBe(line);
  return other;
}

const replaced = (table: string, from: RegExp, to: string) => inRow(table, (line) => [changed(line, from, to)]);
const inHead =
  (from: RegExp, to: string) =>
  ([head = '', ...rest]: string[]) => [changed(head, from, to), ...rest];

const DAMAGED: [what: string, change: (lines: string[]) => string[], sentence: RegExp][] = [
  [
    'a row twice',
    inRow('plans', (line) => [line, line]),
    /^invalid_input: The dump cannot be loaded: line \d+ does not fit: plans: UNIQUE .*plans\.seq\. Dump again/,
  ],
  ['text for a number', replaced('steps', /"order_index":\d+/, '"order_index":"x"'), /line \d+ .* TEXT .*order_index/],
  ['a fraction', replaced('steps', /"order_index":\d+/, '"order_index":1.5'), /line \d+ .* REAL .*order_index/],
  ['true', replaced('plans', /"seq":\d+/, '"seq":true'), /line \d+ has something in "seq" that is neither text/],
  ['a list', replaced('plans', /"seq":\d+/, '"seq":[1]'), /line \d+ has something in "seq" that is neither text/],
  ['a status of its own', replaced('plans', /"status":"active"/, '"status":"odd"'), /line \d+ .*plans: CHECK .*status/],
  ['a table of its own', replaced('plans', /"plans"/, '"plonks"'), /line \d+ .*no table "plonks"/],
  ['a number beyond all', replaced('plans', /"seq":\d+/, '"seq":1e999'), /line \d+ .*plans: datatype mismatch/],
  ['a list for a row', replaced('plans', /"row":.*/, '"row":[]}'), /line \d+ is neither row nor end/],
  ['a list for a line', inRow('plans', (line) => [`[${line}]`]), /: line \d+ is no JSON object\. Dump again/],
  ['no row', replaced('plans', /"row":.*/, '"row":null}'), /line \d+ is neither row nor end/],
  ['schema version 0', inHead(/("schema_version":)\d+/, '$10'), /its first line is not the head of a dump/],
  ['a newer format', inHead(/("format_version":)\d+/, '$12'), /The dump has format version 2, this program knows 1\./],
  ['a line after its end', (lines) => [...lines, lines[1] ?? ''], /line \d+ comes after its end/],
  ['two ends', (lines) => [...lines, lines.at(-1) ?? ''], /line \d+ comes after its end/],
];

test.each(DAMAGED)(
  'a dump with %s is refused in a sentence, and nothing is changed',
  async (_what, change, sentence) => {
    const file = fileOf(change(await dumped()));
    const before = hashOfAllRows(home);
    expect(await refused(home, 'load', file)).toMatch(sentence);
    expect(hashOfAllRows(home)).toBe(before);
    expect(readdirSync(home).filter((name) => /\.tmp|\.bak/.test(name))).toEqual([]);
  },
);

test('a dump with bytes that are no text is refused', async () => {
  const file = join(temporaryFolder(), 'bytes.jsonl');
  const text = Buffer.from((await dumped()).join('\n'));
  text[text.indexOf('Paint the house')] = 0xff;
  writeFileSync(file, text);
  expect(await refused(home, 'load', file)).toMatch(/is no UTF-8/);
});

test('a counter of no table is no reason to fail', async () => {
  const other = temporaryFolder();
  const change = replaced('sqlite_sequence', /"name":"\w+",/, '');
  await ok(other, 'load', fileOf(change(await dumped())));
  expect(rows(other, 'SELECT * FROM steps')).toEqual(rows(home, 'SELECT * FROM steps'));
});

test('a file without lines is not read whole', async () => {
  const file = join(temporaryFolder(), 'zeros');
  writeFileSync(file, '');
  truncateSync(file, 2_000_000_000);
  expect(await refused(home, 'load', file)).toMatch(/line 1 is too long/);
});

test('a folder is no dump', async () => {
  expect(await refused(home, 'load', temporaryFolder())).toMatch(/^not_found: There is no file/);
});

test('lines may end as on Windows, and empty ones may follow the end', async () => {
  const other = temporaryFolder();
  await ok(other, 'load', fileOf([...(await dumped()), '', ''], '\r\n'));
  expect(rows(other, 'SELECT * FROM steps')).toEqual(rows(home, 'SELECT * FROM steps'));
});

test('a dump may begin as editors on Windows mark a text', async () => {
  const other = temporaryFolder();
  const [head, ...rest] = await dumped();
  await ok(other, 'load', fileOf([`\uFEFF${head}`, ...rest]));
  expect(rows(other, 'SELECT * FROM steps')).toEqual(rows(home, 'SELECT * FROM steps'));
});

test('text keeps every character that ends a line elsewhere', async () => {
  const text = 'one\u2028two\u2029three\u0085four\vfive\fsix\rseven\r\neight';
  const folder = temporaryFolder();
  const other = temporaryFolder();
  await ok(folder, 'load', fileOf(await dumped()));
  tamper(folder, (db) => db.prepare('UPDATE plans SET description = ?').run(text));
  await ok(other, 'load', fileOf(await dumped(folder)));
  expect(rows(other, 'SELECT description FROM plans')).toEqual([{ description: text }]);
});

test('integers keep their last digit, however large they are', async () => {
  const large = ['9007199254740993', '-9223372036854775808', '9223372036854775807'];
  const folder = temporaryFolder();
  const other = temporaryFolder();
  await ok(folder, 'load', fileOf(await dumped()));
  tamper(folder, (db) => {
    for (const seq of large) {
      db.exec(`INSERT INTO event_log (seq, id, event_type, data, created_at)
        VALUES (${seq}, 'evt_${seq}', 'big', '{}', '2026-01-02T03:04:05.678Z')`);
    }
  });
  await ok(other, 'load', fileOf(await dumped(folder)));
  const sql =
    "SELECT cast(seq AS TEXT) AS seq, typeof(seq) AS type FROM event_log WHERE event_type = 'big' ORDER BY seq";
  expect(rows(other, sql)).toEqual(rows(folder, sql));
  expect(rows(other, sql)).toHaveLength(3);
  const counters = 'SELECT name, cast(seq AS TEXT) AS seq, typeof(seq) AS type FROM sqlite_sequence ORDER BY name';
  expect(rows(other, counters)).toEqual(rows(folder, counters));
});

test('places with a gap are numbered again, which it says', async () => {
  const other = temporaryFolder();
  const lines = (await dumped()).map((line) =>
    line.startsWith('{"table":"steps"') ? line.replace(/"order_index":1/, '"order_index":7') : line,
  );
  expect(await ok(other, 'load', fileOf(lines))).toMatch(/Mended: the steps of phase_\w+ are not numbered/);
  expect(rows(other, 'SELECT id, order_index FROM steps')).toEqual(rows(home, 'SELECT id, order_index FROM steps'));
  expect(await ok(other, 'doctor')).toContain('All is well.');
});
