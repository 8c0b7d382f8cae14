/** docs/configuration.md names every flag and variable there is, with its default, and no other. */
import { describe, expect, test } from 'vitest';
import { TOOLS } from '../src/catalog/tools.ts';
import { configure } from '../src/config.ts';
import { page, tableBelow } from './support/documents.ts';
import { runBin } from './support/processes.ts';

const markdown = page('docs/configuration.md');
const inCode = (cell = '') => /^`(.+)`$/.exec(cell)?.[1];

/** What `--help` says after these words: the flags, each with its default where the help knows one, and the commands below. */
async function help(...words: string[]): Promise<{ flags: Map<string, string>; commands: string[] }> {
  const { stdout } = await runBin([...words, '--help']);
  const [head = '', commands = ''] = stdout.split('\nCommands:\n');
  const options = head.split('\nOptions:\n')[1]?.split('\n\n')[0] ?? '';
  const flags = options.split(/\n(?= {2}-)/).map((option) => {
    const [, flag = '', text = ''] = /^ {2}(.+?)(?: {2,}|\n)([\s\S]*)/.exec(option) ?? [];
    return [flag, /\(default: "(.*)"\)/.exec(text)?.[1] ?? ''] as const;
  });
  return {
    flags: new Map(flags.filter(([flag]) => flag !== '-h, --help')),
    commands: [...commands.matchAll(/^ {2}(\S+)/gm)].map(([, name = '']) => name),
  };
}

describe('the flags', async () => {
  const ofTools = TOOLS.map(({ name }) => name.replace('memory_', ''));
  const { commands } = await help();
  // The short forms have the flags of the actions that they stand for.
  const derived = [...ofTools, 'help', 'next', 'search', 'history'];
  const byHand = commands.filter((name) => !derived.includes(name));

  test('are told for every command that is made by hand, and for no other', () => {
    const told = [...markdown.matchAll(/^### `project-memory ?(.*)`$/gm)].map(([, name]) => name);
    expect(told.sort()).toEqual(['', ...byHand].sort());
  });

  test.each(['', ...byHand])('of "project-memory %s" are those of its --help, with the same defaults', async (name) => {
    const { flags } = await help(...(name === '' ? [] : [name]));
    const heading = `### \`project-memory${name === '' ? '' : ` ${name}`}\``;
    const rows = flags.size === 0 ? [] : tableBelow(markdown, heading);
    expect(rows.map(([flag]) => inCode(flag)).sort()).toEqual([...flags.keys()].sort());
    for (const [flag, , told] of rows) {
      const fallback = flags.get(inCode(flag) ?? '');
      if (fallback) expect(inCode(told), flag).toBe(fallback);
    }
  });
});

describe('the environment variables', () => {
  const rows = tableBelow(markdown, '## Environment variables').filter(([name]) => name?.includes('PROJECT_MEMORY'));

  test('are those that config.ts reads, the only reader there is', () => {
    const read = page('server/src/config.ts').matchAll(/'(PROJECT_MEMORY_\w+)'/g);
    const names = new Set([...read].map(([, name]) => name));
    expect(rows.map(([name]) => inCode(name)).sort()).toEqual([...names].sort());
  });

  test('have the defaults that the program takes where none is set', () => {
    for (const [name] of rows) expect(process.env[inCode(name) ?? '']).toBeUndefined();
    const { port, synchronous, dataRoot, keep, backups } = configure({});
    const told = Object.fromEntries(rows.map(([name, , fallback]) => [inCode(name), inCode(fallback)]));
    expect(told).toMatchObject({ PROJECT_MEMORY_PORT: String(port), PROJECT_MEMORY_SYNC: synchronous });
    expect(told).toMatchObject({
      PROJECT_MEMORY_HISTORY_DAYS: String(keep.historyDays),
      PROJECT_MEMORY_HISTORY_MB: String(keep.historyMegabytes),
      PROJECT_MEMORY_EVENT_DAYS: String(keep.eventDays),
      PROJECT_MEMORY_LOG_DAYS: String(keep.logDays),
      PROJECT_MEMORY_CONTEXT_VERSIONS: String(keep.contextVersions),
      PROJECT_MEMORY_BACKUP_HOURS: String(backups.everyHours),
      PROJECT_MEMORY_BACKUP_KEEP: String(backups.keep),
    });
    if (process.platform === 'linux' && process.env['XDG_DATA_HOME'] === undefined) {
      expect(dataRoot.endsWith('/.local/share/project-memory')).toBe(true);
      expect(markdown).toContain('`~/.local/share/project-memory`');
    }
  });
});

test('the limits of the HTTP server are told as they are', () => {
  const source = page('server/src/mcp/http-limits.ts').replaceAll('_', '');
  const told = markdown.slice(markdown.indexOf('## Limits of the HTTP server')).replaceAll(',', '');
  const limits = [
    [
      /CLIENTRATE: Rate = \{ burst: (\d+), perSecond: (\d+) \}/,
      (a, b) => `with the token | ${a} at once then ${b} a second`,
    ],
    [
      /STRANGERRATE: Rate = \{ burst: (\d+), perSecond: (\d+) \}/,
      (a, b) => `together | ${a} at once then ${b} a second`,
    ],
    [/MAXCONNECTIONS = (\d+)/, (a) => `connections | ${a} | 503 with \`Retry-After\`; beyond ${2 * a} closed`],
    [/MAXBODYBYTES = (\d+) \* 1024 \* 1024/, (a) => `body of a request | ${a} MiB`],
    [/SMALLBODYBYTES = (\d+) \* 1024;/, (a) => `bodies above ${a} KiB`],
    [/MAXLARGEBODIES = (\d+)/, (a) => `at once | ${a} | 503`],
    [/headersTimeout: (\d+)/, (a) => `head of a request | must have come within ${a / 1000} seconds`],
    [/requestTimeout: (\d+)/, (a) => `whole request | must have come within ${a / 1000} seconds`],
    [/SILENCEMS = (\d+)/, (a) => `nothing moves | ${a / 60_000} minutes`],
  ] satisfies [RegExp, (...numbers: [number, number]) => string][];
  for (const [pattern, sentence] of limits) {
    const [a = Number.NaN, b = Number.NaN] = (pattern.exec(source) ?? []).slice(1).map(Number);
    expect(told).toContain(sentence(a, b));
  }
});
