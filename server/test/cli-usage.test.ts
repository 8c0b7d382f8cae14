/** Wrong command lines, exit codes, and --json: one envelope on stdout, whatever happens, and nothing beside it. */
import { describe, expect, test } from 'vitest';
import { VERSION } from '../src/domain/version.ts';
import { tamper } from './support/database.ts';
import { temporaryFolder } from './support/folders.ts';
import { expectClean } from './support/memory.ts';
import { type Finished, runBin, startBin } from './support/processes.ts';

interface Envelope {
  version: number;
  ok: boolean;
  data?: unknown;
  error?: { code: string; message: string; hint?: string };
}

/** The envelope that this prints, and nothing else. */
function envelopeOf({ stdout, stderr }: Finished): Envelope {
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^\{.*\}\n$/);
  const envelope = JSON.parse(stdout) as Envelope;
  expect(envelope.version).toBe(1);
  expect(Object.keys(envelope)).toEqual(['version', 'ok', envelope.ok ? 'data' : 'error']);
  return envelope;
}

describe.each<[string, string[], RegExp]>([
  ['nothing', [], /^project-memory needs a command\. There are mcp, serve, .*; project-memory --help shows/],
  ['a noun alone', ['steps'], /^steps needs a command\. There are add, list, .*; project-memory steps --help shows/],
  [
    'an unknown command',
    ['plans', 'list'],
    /^project-memory has no command "plans"\. Did you mean plan\? There are mcp,/,
  ],
  ['an unknown verb', ['plan', 'lst'], /^plan has no command "lst"\. Did you mean list\? There are create, get,/],
  ['the verb of another noun', ['plan', 'claim'], /^plan has no command "claim"\. Did you mean steps claim\?/],
  ['an underscore for a hyphen', ['plan', 'add_note'], /^plan has no command "add_note"\. Did you mean add-note\?/],
  [
    'an unknown flag',
    ['workspace', 'list', '--limits', '2'],
    /^workspace list has no flag --limits\. Did you mean --limit\? Flags: --hierarchical, --limit, /,
  ],
  [
    'an unknown flag of a command made by hand',
    ['seed', '--form', 'x'],
    /^seed has no flag --form\. Did you mean --from\?/,
  ],
  ['an unknown flag of the server', ['mcp', '--bogus'], /^mcp has no flag --bogus\. Flags: --tools, --read-only, /],
  [
    'a flag without its value',
    ['plan', 'get', '--plan-id'],
    /^--plan-id is without its value\. Write --plan-id <value>\./,
  ],
  [
    'a flag where a value should stand',
    ['plan', 'get', '--plan-id', '--detail', 'full'],
    /^--plan-id is without its value: --detail is a flag\. Write --plan-id <value>\./,
  ],
  [
    'a value that the set of its flag has not',
    ['plan', 'list', '--status', 'open'],
    /^"status": invalid option: expected one of "active"\|.* Signature: list\(/,
  ],
  ['a flag twice', ['plan', 'get', '--plan-id', 'a', '--plan-id', 'b'], /^--plan-id is given twice\. Give it once\./],
  [
    'a value without its flag',
    ['plan', 'get', 'plan_x'],
    /^plan get does not know what to do with "plan_x"\. A value stands behind its flag, /,
  ],
  [
    'an unknown shell',
    ['completion', 'tcsh'],
    /^"tcsh" is none of the words that stand here\. Allowed choices are bash, /,
  ],
  ['a missing word', ['completion'], /^<shell> is missing\. Usage: project-memory completion \[options\] <shell>\./],
  [
    'broken JSON',
    ['steps', 'add', '--plan-id', 'x', '--steps', '[{"task"'],
    /^--steps is not valid JSON\. Write it in /,
  ],
  [
    'a missing parameter',
    ['plan', 'get'],
    /^"plan_id" is missing\. Signature: get\(plan_id, as_of\?\)\. Example: project-memory plan get --plan-id plan_\w{12}\s*$/,
  ],
  ['a bad port', ['serve', '--port', 'many'], /^"many" is not a port\. Use a number from 0 to 65535/],
])('%s is wrong use', (_what, args, words) => {
  test('exit code 2 and one sentence on stderr', async () => {
    const { code, stdout, stderr } = await runBin(args, { dataRoot: temporaryFolder() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expectClean(stderr);
    expect(stderr).toMatch(/^invalid_input: .*\n$/);
    expect(stderr.slice('invalid_input: '.length)).toMatch(words);
  });

  test('exit code 2 and an envelope with --json', async () => {
    const finished = await runBin(['--json', ...args], { dataRoot: temporaryFolder() });
    expect(finished.code).toBe(2);
    const { ok, error } = envelopeOf(finished);
    expect({ ok, code: error?.code }).toEqual({ ok: false, code: 'invalid_input' });
    expect(`${error?.message} ${error?.hint}`).toMatch(words);
  });
});

describe('exit codes', () => {
  test('0 for what was done', async () => {
    expect(await runBin(['workspace', 'list'], { dataRoot: temporaryFolder() })).toMatchObject({ code: 0, stderr: '' });
  });

  test.each([
    ['--help', ['--help'], /^Usage: project-memory \[options\] \[command\]\n/],
    ['the help of a noun', ['plan', '--help'], /^Usage: project-memory plan \[options\] \[command\]\n/],
    ['the help of a verb', ['plan', 'get', '--help'], /^Usage: project-memory plan get \[options\]\n/],
    ['the help of the server', ['mcp', '-h'], /^Usage: project-memory mcp \[options\]\n/],
    ['--version', ['--version'], new RegExp(`^${VERSION.replaceAll('.', '\\.')}\n$`)],
  ])('0 for %s, in an envelope too', async (_what, args, words) => {
    const plain = await runBin(args);
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(plain.stdout).toMatch(words);
    const finished = await runBin([...args, '--json']);
    expect(finished.code).toBe(0);
    expect(envelopeOf(finished)).toEqual({ version: 1, ok: true, data: { text: plain.stdout.trimEnd() } });
  });

  test('1 for what is refused', async () => {
    const args = ['plan', 'get', '--plan-id', 'plan_000000000000'];
    const dataRoot = temporaryFolder();
    expect(await runBin(args, { dataRoot })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: /^not_found: No plan with id/,
    });
    const finished = await runBin([...args, '--json'], { dataRoot });
    expect(finished.code).toBe(1);
    expect(envelopeOf(finished)).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });

  test('1 for a file that cannot be read', async () => {
    const dataRoot = temporaryFolder();
    for (const args of [
      ['plan', 'import', 'nosuch.md'],
      ['plan', 'import', '--markdown', '@nosuch.md'],
    ]) {
      const finished = await runBin([...args, '--json'], { dataRoot });
      expect(finished.code).toBe(1);
      expect(envelopeOf(finished).error?.message).toBe('The file nosuch.md cannot be read.');
    }
  });

  test('3 for a bug, with its log on stderr and no trace of the engine in the answer', async () => {
    const dataRoot = temporaryFolder();
    expect((await runBin(['seed', '--demo'], { dataRoot })).code).toBe(0);
    // Nobody but a bug would lose a table.
    tamper(dataRoot, (db) => db.exec('PRAGMA foreign_keys = OFF; DROP TABLE workspaces'));
    const plain = await runBin(['workspace', 'list'], { dataRoot });
    expect({ code: plain.code, stdout: plain.stdout }).toEqual({ code: 3, stdout: '' });
    const said = /^internal: This is a bug of Project Memory, logged as (err_\w{12}) on stderr\. /m;
    const id = said.exec(plain.stderr)?.[1] ?? '';
    expect(id).not.toBe('');
    const log = plain.stderr.split('\n').find((line) => line.startsWith('{')) ?? '';
    expect(JSON.parse(log)).toMatchObject({ id, err: { message: expect.stringContaining('workspaces') } });

    const { code, stdout } = await runBin(['workspace', 'list', '--json'], { dataRoot });
    expect(code).toBe(3);
    const { ok, error } = JSON.parse(stdout) as Envelope;
    expect({ ok, code: error?.code }).toEqual({ ok: false, code: 'internal' });
    expect(error?.message).not.toMatch(/SQL|workspaces|\.mjs/);
  });
});

describe('--json of the commands made by hand', () => {
  test('seed and completion', async () => {
    const dataRoot = temporaryFolder();
    const { data } = envelopeOf(await runBin(['seed', '--demo', '--json'], { dataRoot }));
    expect(data).toMatchObject({ report: null, demo: { id: expect.stringMatching(/^plan_/) } });
    const script = await runBin(['completion', 'bash']);
    expect(envelopeOf(await runBin(['completion', 'bash', '--json'])).data).toEqual({
      shell: 'bash',
      script: script.stdout.trimEnd(),
    });
  });

  test('serve says where it listens', async () => {
    const server = startBin(['serve', '--port', '0', '--json'], { dataRoot: temporaryFolder() });
    const [line] = await server.says(/^.*\n/);
    expect(JSON.parse(line)).toMatchObject({ version: 1, ok: true, data: { url: expect.stringMatching(/^http:/) } });
    server.child.kill('SIGTERM');
    expect(await server.finished).toMatchObject({ code: 0, stderr: '' });
  });
});

test('--json after -- is a word like any other', async () => {
  const { code, stdout } = await runBin(['search', '--', '--json'], { dataRoot: temporaryFolder() });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^(\d+ hits?: kind \||Nothing found)/);
});
