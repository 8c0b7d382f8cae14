/** How the program starts: under which Node, on which data root, built or not. */
import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { fetchedNode, satisfies, supportedRange } from '../bin/supported-node.mjs';
import { databaseFile, rows } from './support/database.ts';
import { temporaryFolder } from './support/folders.ts';
import { connect, Memory } from './support/memory.ts';
import { findOldNode } from './support/old-node.ts';
import { BIN, type Launch, runBin, runNode, SERVER, startBin } from './support/processes.ts';

const TSX = fileURLToPath(import.meta.resolve('tsx/cli'));

describe('the data root', () => {
  const list = (launch: Launch, ...flags: string[]) => runBin([...flags, 'workspace', 'list'], launch);

  test('is --data-root before PROJECT_MEMORY_DATA_ROOT, wherever the flag stands', async () => {
    const [flag, variable] = [temporaryFolder(), temporaryFolder()];
    expect(await list({ dataRoot: variable }, '--data-root', flag)).toMatchObject({ code: 0 });
    expect(existsSync(databaseFile(flag))).toBe(true);
    expect(existsSync(databaseFile(variable))).toBe(false);
    const other = temporaryFolder();
    expect(await runBin(['workspace', 'list', '--data-root', other], { dataRoot: variable })).toMatchObject({
      code: 0,
    });
    expect(existsSync(databaseFile(other))).toBe(true);
    expect(existsSync(databaseFile(variable))).toBe(false);
  });

  test('is PROJECT_MEMORY_DATA_ROOT, made where there is none, for its owner alone', async () => {
    const dataRoot = join(temporaryFolder(), 'a', 'b');
    expect(await list({ dataRoot })).toMatchObject({ code: 0, stderr: '' });
    expect(statSync(dataRoot).mode & 0o777).toBe(0o700);
    expect(statSync(databaseFile(dataRoot)).mode & 0o777).toBe(0o600);
  });

  test('may be named from where one stands', async () => {
    const cwd = temporaryFolder();
    expect(await list({ dataRoot: 'here', cwd })).toMatchObject({ code: 0 });
    expect(existsSync(databaseFile(join(cwd, 'here')))).toBe(true);
  });

  test.each(['', undefined])('is the data folder of the user where the variable is %j', async (value) => {
    const HOME = temporaryFolder();
    const env = { HOME, ...(value === undefined ? {} : { PROJECT_MEMORY_DATA_ROOT: value }) };
    expect(await list({ env })).toMatchObject({ code: 0, stderr: '' });
    const made = readdirSync(HOME, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.db'));
    expect(made).toEqual([expect.stringMatching(/(^|[\\/])project-memory[\\/]project-memory\.db$/)]);
    if (process.platform === 'linux') expect(made).toEqual(['.local/share/project-memory/project-memory.db']);
  });

  test('has a new database with the catalog and the default content in it', async () => {
    const dataRoot = temporaryFolder();
    await list({ dataRoot });
    const [counts] = rows(
      dataRoot,
      `SELECT (SELECT count(*) FROM tools) AS tools, (SELECT count(*) FROM agent_definitions) AS agents,
         (SELECT count(*) FROM instruction_files) AS instructions, (SELECT count(*) FROM skill_definitions) AS skills`,
    );
    expect(counts).toEqual({ tools: 8, agents: 7, instructions: 6, skills: 10 });
  });

  test('may be new to several servers that start at once: all of them serve', async () => {
    const dataRoot = temporaryFolder();
    const servers = await Promise.all(Array.from({ length: 4 }, () => connect({ dataRoot })));
    const ids = await Promise.all(
      servers.map((memory) => memory.id('ws', 'workspace', 'register', { path: '/same/place' })),
    );
    expect(new Set(ids).size).toBe(1);
  });

  test.each(['fast', 'FULL'])('refuses %j for PROJECT_MEMORY_SYNC', async (value) => {
    const ended = await list({ dataRoot: temporaryFolder(), env: { PROJECT_MEMORY_SYNC: value } });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toBe(`invalid_input: PROJECT_MEMORY_SYNC is "${value}". Use full or normal.\n`);
  });
});

test('a launcher whose bundle is not built says so', async () => {
  const copy = launcherIn(temporaryFolder());
  expect(await runNode([copy, 'mcp'])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Project Memory is not built yet: run npm run build first.\n',
  });
});

test('the seed script fills a database from the sources, once', async () => {
  const dataRoot = temporaryFolder();
  const seed = () => runNode([TSX, 'src/db/seed.ts'], { dataRoot, cwd: SERVER });
  expect(await seed()).toEqual({
    code: 0,
    stdout: `${databaseFile(dataRoot)}: seeded catalog and content\n`,
    stderr: '',
  });
  expect(await seed()).toEqual({ code: 0, stdout: `${databaseFile(dataRoot)}: up to date\n`, stderr: '' });
  // The bundle finds what the sources have seeded to be its own.
  expect(await runBin(['library', 'list-agents'], { dataRoot })).toMatchObject({ code: 0 });
});

test('the supported Nodes are told from the others by their numbers', () => {
  const supported = ['22.19.0', '22.30.1', '24.0.0', '24.21.0', '26.0.0', '27.1.0'];
  const others = ['18.20.0', '20.20.2', '22.18.9', '23.11.0', '25.9.0'];
  expect(supported.filter((version) => !satisfies(version, supportedRange))).toEqual([]);
  expect(others.filter((version) => satisfies(version, supportedRange))).toEqual([]);
});

const oldNode = findOldNode();

describe.runIf(oldNode !== undefined)('under a Node that is too old', () => {
  test('the launcher says so in one sentence where no other Node was fetched', async () => {
    const copy = launcherIn(temporaryFolder());
    const { code, stdout, stderr } = await runNode([copy, 'workspace', 'list'], {
      node: oldNode,
      dataRoot: temporaryFolder(),
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^Project Memory needs Node \^22\.19 \|\| \^24 \|\| >=26 and this is [\d.]+: please install a newer Node\.\n$/,
    );
  });

  describe.runIf(fetchedNode() !== undefined)('with the fetched one at hand', () => {
    test('the launcher runs itself again, with its arguments, its exit codes and nothing else on stderr', async () => {
      const launch = { node: oldNode, dataRoot: temporaryFolder() };
      const registered = await runBin(['workspace', 'register', '--path', '/with a space/and "quotes"'], launch);
      expect(registered).toMatchObject({ code: 0, stderr: '' });
      expect(registered.stdout).toContain('/with a space/and "quotes"');
      expect(await runBin(['plan', 'get', '--plan-id', 'plan_000000000000'], launch)).toMatchObject({ code: 1 });
      expect(await runBin(['plan', 'get'], launch)).toMatchObject({ code: 2 });
    });

    test('standard input goes on to it', async () => {
      const launch = { node: oldNode, dataRoot: temporaryFolder() };
      await runBin(['workspace', 'register', '--path', '/a'], launch);
      const { stdout } = await runBin(['plan', 'import', '-'], { ...launch, input: '# Title\n- [ ] x\n' });
      expect(stdout).toMatch(/^Imported: plan plan_\w{12} "Title"/);
    });

    test('a client is served over stdio', async () => {
      const memory = new Memory({ dataRoot: temporaryFolder(), node: oldNode });
      await memory.connect();
      expect(await memory.ok('workspace', 'register', { path: '/a' })).toMatch(/^Registered/);
      await memory.close();
    });

    test.each(['SIGTERM', 'SIGINT'] as const)('%s goes on to the server, which ends in order', async (signal) => {
      const dataRoot = temporaryFolder();
      const running = startBin(['serve', '--port', '0'], { node: oldNode, dataRoot });
      await running.says(/listens on/);
      running.child.kill(signal);
      expect(await running.finished).toMatchObject({ code: 0, stderr: '' });
      expect(readdirSync(dataRoot).sort()).toEqual(['http-token', 'project-memory.db']);
    });

    test('the seed script runs itself again too', async () => {
      const dataRoot = temporaryFolder();
      const ended = await runNode([TSX, 'src/db/seed.ts'], { node: oldNode, dataRoot, cwd: SERVER });
      expect(ended).toEqual({
        code: 0,
        stdout: `${databaseFile(dataRoot)}: seeded catalog and content\n`,
        stderr: '',
      });
    });
  });
});

/** The launcher with its neighbours, but without a bundle and without the root of the repository. */
function launcherIn(folder: string): string {
  mkdirSync(join(folder, 'server'));
  cpSync(join(SERVER, 'bin'), join(folder, 'server/bin'), { recursive: true });
  cpSync(join(SERVER, 'package.json'), join(folder, 'server/package.json'));
  return join(folder, 'server/bin', BIN.slice(BIN.lastIndexOf('project-memory.mjs')));
}
