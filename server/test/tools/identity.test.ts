/** One directory, one workspace: links, worktrees, clones, copies and moves, with real repositories on the disk. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { connect, idIn, type Memory, sharedMemory } from '../support/memory.ts';
import { runBin } from '../support/processes.ts';

const memory = sharedMemory();
let base: string;

beforeEach(() => {
  base = realpathSync(temporaryFolder());
});

function git(cwd: string, ...args: string[]): void {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'protocol.file.allow=always'];
  execFileSync('git', [...identity, ...args], { cwd, stdio: 'pipe' });
}

function folder(...names: string[]): string {
  const path = join(base, ...names);
  mkdirSync(path, { recursive: true });
  return path;
}

/** A repository with a commit and a directory in it. */
function repository(name: string): string {
  const path = folder(name);
  git(path, 'init', '--quiet', '--initial-branch=main');
  writeFileSync(join(folder(name, 'packages', 'ui'), 'index.css'), '');
  git(path, 'add', '.');
  git(path, 'commit', '--quiet', '--message=First');
  return path;
}

function worktree(of: string, name: string): string {
  git(of, 'worktree', 'add', '--quiet', join(base, name), '-b', name);
  return join(base, name);
}

async function register(path: string, args: Record<string, unknown> = {}): Promise<string> {
  return await memory.id('ws', 'workspace', 'register', { path, ...args });
}

/** The refusal of a directory that may be meant as a registered one. */
async function asked(path: string): Promise<string> {
  const before = await memory.ok('workspace', 'list', { limit: 200 });
  const refusal = await memory.refused('workspace', 'register', { path });
  expect(await memory.ok('workspace', 'list', { limit: 200 })).toBe(before);
  return refusal;
}

describe('a path that leads through a symbolic link', () => {
  test('is the directory it leads to, in register and in every other call', async () => {
    const real = folder('real');
    symlinkSync(real, join(base, 'link'));
    const reply = await memory.ok('workspace', 'register', { path: `${join(base, 'link')}/` });
    expect(reply).toContain(`at ${real}`);
    const id = idIn(reply, 'ws');
    expect(await register(real)).toBe(id);
    const info = await memory.data('workspace', 'info', { workspace_path: join(base, 'link') });
    expect(info).toMatchObject({ workspace_id: id, path: real });
  });

  test('is found under the link too where a workspace was registered before the link was made', async () => {
    const moved = folder('data');
    const id = await register(join(base, 'shop'));
    symlinkSync(moved, join(base, 'shop'));
    expect(await register(join(base, 'shop'))).toBe(id);
  });
});

describe('the worktrees of a repository', () => {
  test('find the workspace of the main one, whichever of them is registered first', async () => {
    const main = repository('main');
    const first = worktree(main, 'first');
    const reply = await memory.ok('workspace', 'register', { path: first });
    expect(reply).toMatch(/^Registered: /);
    expect(reply).toContain(`at ${main}`);
    const id = idIn(reply, 'ws');
    for (const path of [main, worktree(main, 'second'), first]) expect(await register(path)).toBe(id);
    const { paths } = await memory.data<{ paths: string[] }>('workspace', 'info', { workspace_id: id });
    expect(paths.sort()).toEqual([first, join(base, 'second')].sort());
  });

  test('lead to it still when they are gone, or cut off from a repository that was moved', async () => {
    const main = repository('main');
    const [gone, cut] = [worktree(main, 'gone'), worktree(main, 'cut')];
    const id = await register(main, { write_identity: true });
    for (const path of [gone, cut]) expect(await register(path)).toBe(id);
    rmSync(gone, { recursive: true });
    expect(await register(gone)).toBe(id);
    renameSync(main, join(base, 'elsewhere'));
    expect(await register(cut)).toBe(id);
    expect(await register(join(base, 'elsewhere'))).toBe(id);
    expect(await register(cut)).toBe(id);
  });

  test('of a bare repository find one workspace', async () => {
    repository('main');
    git(base, 'clone', '--quiet', '--bare', 'main', 'bare.git');
    const [one, two] = [worktree(join(base, 'bare.git'), 'one'), worktree(join(base, 'bare.git'), 'two')];
    const id = await register(one);
    expect(await register(two)).toBe(id);
    rmSync(one, { recursive: true });
    expect(await register(two)).toBe(id);
  });

  test('of a repository whose files lie elsewhere find one workspace, whichever is first', async () => {
    for (const name of ['apart', 'astray']) {
      const main = repository(name);
      git(main, 'init', '--quiet', `--separate-git-dir=${join(base, `${name}-files`)}`);
      const other = worktree(main, `${name}-2`);
      const [first, second] = name === 'apart' ? [main, other] : [other, main];
      expect(await register(second)).toBe(await register(first));
    }
  });

  test('have the same directories, and a directory that only one of them has is its own', async () => {
    const main = repository('main');
    const second = worktree(main, 'second');
    const top = await register(main);
    const reply = await memory.ok('workspace', 'register', { path: join(second, 'packages', 'ui') });
    expect(reply).toContain(`at ${join(main, 'packages', 'ui')}`);
    expect(reply).toContain(`It lies inside workspace ${top}`);
    expect(await register(join(main, 'packages', 'ui'))).toBe(idIn(reply, 'ws'));
    const fresh = folder('second', 'packages', 'api');
    expect(await memory.ok('workspace', 'register', { path: fresh })).toContain(`at ${fresh}`);
  });

  test('lead a call to their workspace that names a directory in one of them, or is made from there', async () => {
    const main = repository('main');
    const second = worktree(main, 'second');
    const id = await register(main);
    await register(folder('another'));
    expect(await memory.ok('workspace', 'info', { workspace_path: second })).toContain(id);
    const inside = await connect({ dataRoot: memory.dataRoot, cwd: join(second, 'packages') });
    expect(await inside.data('workspace', 'info')).toMatchObject({ workspace_id: id });
    const shell = await runBin(['workspace', 'info'], { dataRoot: memory.dataRoot, cwd: join(second, 'packages') });
    expect(shell.stdout).toContain(`Workspace ${id} `);
  });

  test('of a submodule are the submodule, not the repository around it', async () => {
    const part = repository('part');
    const whole = repository('whole');
    git(whole, 'submodule', '--quiet', 'add', part, 'part');
    const around = await register(whole);
    const reply = await memory.ok('workspace', 'register', { path: join(whole, 'part') });
    expect(reply).toContain(`at ${join(whole, 'part')}`);
    const id = idIn(reply, 'ws');
    expect(id).not.toBe(around);
    expect(await register(worktree(join(whole, 'part'), 'part-2'))).toBe(id);
  });
});

describe('a clone', () => {
  const ORIGIN = 'git@git.example.com:Me/Shop.git';

  /** A repository that says it was cloned from there. */
  function clone(name: string, origin: string): string {
    const path = repository(name);
    git(path, 'remote', 'add', 'origin', origin);
    return path;
  }

  test('is told about the workspace with the same origin and asked; nothing is merged or made meanwhile', async () => {
    const id = await register(clone('one', ORIGIN));
    const other = clone('two', 'https://me:secret@git.example.com:8443/me/shop/');
    const refusal = await asked(other);
    expect(refusal).toMatch(
      new RegExp(`^conflict: This directory has the same origin as workspace ${id} "one" at ${join(base, 'one')}; `),
    );
    expect(refusal).toContain(
      `memory_workspace {"action":"add_path","workspace_id":"${id}","path":"${other}"}. Another one? Register it again with separate: true.`,
    );
    expect(refusal).not.toContain('secret');
  });

  test('becomes another path of that workspace, or a workspace of its own, as is answered', async () => {
    const origin = 'https://git.example.com/me/answers';
    const id = await register(clone('one', origin));
    const [same, own] = [clone('same', origin), clone('own', origin)];
    await memory.ok('workspace', 'add_path', { workspace_id: id, path: same });
    expect(await register(same)).toBe(id);
    expect(await register(worktree(same, 'same-2'))).toBe(id);
    const separate = await register(own, { separate: true });
    expect(separate).not.toBe(id);
    expect(await register(own)).toBe(separate);
  });

  test('of a directory of this machine is recognised from both ends', async () => {
    const source = repository('source');
    git(base, 'clone', '--quiet', 'source', 'copy');
    const id = await register(source);
    expect(await asked(join(base, 'copy'))).toContain(`the same origin as workspace ${id} `);

    const later = repository('later');
    git(base, 'clone', '--quiet', 'later', 'earlier');
    const earlier = await register(join(base, 'earlier'));
    expect(await asked(later)).toContain(`the same origin as workspace ${earlier} `);
  });

  test('of another repository is nobody else’s, and so is another directory of the same one', async () => {
    const origin = 'https://git.example.com/me/parts';
    await register(clone('one', origin));
    expect(await memory.ok('workspace', 'register', { path: clone('two', `${origin}-2`) })).toMatch(/^Registered/);
    const part = join(clone('three', origin), 'packages', 'ui');
    expect(await memory.ok('workspace', 'register', { path: part })).toMatch(/^Registered/);
    expect(await asked(join(clone('four', origin), 'packages', 'ui'))).toContain(part);
  });

  test('is recognised by an origin that was set after the first was registered', async () => {
    const origin = 'ssh://git@git.example.com/late.git';
    const one = repository('one');
    const id = await register(one);
    git(one, 'remote', 'add', 'origin', origin);
    expect(await register(one)).toBe(id);
    expect(await asked(clone('two', origin))).toContain(id);
  });
});

describe('write_identity', () => {
  interface Identity {
    workspace_id: string;
    workspace_path: string;
  }

  function identityOf(path: string): Identity {
    return JSON.parse(readFileSync(join(path, '.projectmemory', 'identity.json'), 'utf8')) as Identity;
  }

  test('is the only thing that writes into the directory', async () => {
    const path = folder('shop');
    const id = await register(path);
    expect(() => identityOf(path)).toThrow('ENOENT');
    expect(await register(path, { write_identity: true })).toBe(id);
    expect(identityOf(path)).toMatchObject({ workspace_id: id, workspace_path: path });
  });

  test('keeps what else the file says', async () => {
    const path = folder('shop');
    const file = join(folder('shop', '.projectmemory'), 'identity.json');
    writeFileSync(file, JSON.stringify({ workspace_id: 'shop-50e04147a402', project_mcps: ['x'] }));
    const id = await register(path, { write_identity: true });
    expect(identityOf(path)).toMatchObject({ workspace_id: id, project_mcps: ['x'] });
  });

  test('lets a directory that was moved be found again, where it lies now', async () => {
    const id = await register(folder('before'), { write_identity: true });
    mkdirSync(join(base, 'deep'));
    const after = join(base, 'deep', 'after');
    renameSync(join(base, 'before'), after);
    expect(await memory.ok('workspace', 'register', { path: after })).toMatch(
      new RegExp(`^Known: workspace ${id} .* at ${after}$`),
    );
    expect(await memory.ok('workspace', 'info', { workspace_path: after })).toContain(id);
    // What is made later where it lay is something else.
    expect(await register(folder('before'))).not.toBe(id);
  });

  test('of a copy is asked about, since the original is still there', async () => {
    const id = await register(folder('original'), { write_identity: true });
    cpSync(join(base, 'original'), join(base, 'copy'), { recursive: true });
    expect(await asked(join(base, 'copy'))).toContain(`This directory is a copy of workspace ${id} "original"`);
    expect(await register(join(base, 'copy'), { separate: true, write_identity: true })).not.toBe(id);
  });

  test.each([
    ['broken', '{"workspace_id": '],
    ['no object', '"ws"'],
    ['without an id', '{"workspace_id": 7}'],
    ['of a workspace that nobody knows', '{"workspace_id": "ws_000000000000"}'],
  ])('takes the place of a file that is %s', async (_what, text) => {
    const path = folder('shop');
    writeFileSync(join(folder('shop', '.projectmemory'), 'identity.json'), text);
    const id = await register(path, { write_identity: true });
    expect(identityOf(path).workspace_id).toBe(id);
  });

  test.each([
    ['a link to a device', (file: string) => symlinkSync('/dev/zero', file)],
    ['a pipe', (file: string) => execFileSync('mkfifo', [file])],
    ['more than a megabyte', (file: string) => writeFileSync(file, `{"a": "${'x'.repeat(2_000_000)}"}`)],
  ])('a directory whose identity is %s is registered as one without', async (_what, make) => {
    const path = folder('shop');
    make(join(folder('shop', '.projectmemory'), 'identity.json'));
    expect(await memory.ok('workspace', 'register', { path })).toMatch(/^Registered/);
  });

  test.each([
    ['a file', (path: string) => writeFileSync(path, '')],
    ['a link', (path: string) => symlinkSync(folder('outside'), path)],
    [
      'a folder with a folder for its file',
      (path: string) => mkdirSync(join(path, 'identity.json'), { recursive: true }),
    ],
  ])('is refused where .projectmemory is %s, and then nothing is registered', async (_what, make) => {
    const path = folder('shop');
    make(join(path, '.projectmemory'));
    expect(await memory.refused('workspace', 'register', { path, write_identity: true })).toMatch(
      /^invalid_input: .*identity\.json cannot be written, so nothing was registered\. /,
    );
    expect(await memory.refused('workspace', 'info', { workspace_path: path })).toMatch(/^not_found/);
  });

  test('is refused for a directory of another machine, and then nothing is registered', async () => {
    const args = { path: join(base, 'nowhere'), write_identity: true };
    expect(await memory.refused('workspace', 'register', args)).toMatch(
      /^invalid_input: .* is no directory of this machine\./,
    );
    expect(await memory.refused('workspace', 'info', { workspace_path: args.path })).toMatch(/^not_found/);
  });
});

test('a file is no directory, and nothing is registered for it', async () => {
  const path = join(folder('shop'), 'notes.txt');
  writeFileSync(path, 'Dear diary');
  expect(await memory.refused('workspace', 'register', { path })).toMatch(
    /^invalid_input: .*notes\.txt" is no directory/,
  );
  expect(await memory.refused('workspace', 'info', { workspace_path: path })).toMatch(/^not_found/);
});

test('a server that is started in a directory with a broken .git is one without a repository', async () => {
  const path = folder('odd');
  for (const pointer of ['gitdir: /nowhere/at/all\n', 'nonsense', `gitdir: ${dirname(base)}\n`]) {
    writeFileSync(join(path, '.git'), pointer);
    const here: Memory = await connect({ dataRoot: memory.dataRoot, cwd: path });
    expect(await here.ok('workspace', 'register', { path })).toContain(`at ${path}`);
  }
});
