/** The settings of this process: flags before environment variables before defaults. The only reader of the environment. */
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { MemoryError } from './domain/errors.ts';

export interface Config {
  dataRoot: string;
  databaseFile: string;
  synchronous: 'full' | 'normal';
  port: number;
  /** Whether this process takes part in the maintenance that one of all does. */
  maintenance: boolean;
  keep: Keep;
  backups: Backups;
  /** How long a claim is safe without a sign of life, before a plan's own steps say that it takes longer, and at most. */
  leaseMs: number;
  longestLeaseMs: number;
}

/** How much is kept of what grows by itself. */
export interface Keep {
  historyDays: number;
  historyMegabytes: number;
  eventDays: number;
  logDays: number;
  /** Former versions of each context item. */
  contextVersions: number;
}

/** The copies that `serve` makes by itself. */
export interface Backups {
  folder: string;
  /** 0: none. */
  everyHours: number;
  keep: number;
}

export interface Flags {
  dataRoot?: string | undefined;
  port?: string | undefined;
}

const DATABASE_NAME = 'project-memory.db';
const DEFAULT_PORT = 7466;
const LEASE_SECONDS = 20 * 60;
const LONGEST_LEASE_SECONDS = 4 * 60 * 60;

let current: Config | null = null;

/** The settings; read from the environment on first use. */
export function config(): Config {
  current ??= readConfig({}, process.env);
  return current;
}

/** Sets the flags of the command line, once, before anything asks for a setting. */
export function configure(flags: Flags): Config {
  current = readConfig(flags, process.env);
  return current;
}

/** Pure: settings from flags and variables. @throws invalid_input for a value that is not one of the allowed ones. */
function readConfig(flags: Flags, env: Env): Config {
  const dataRoot = resolve(
    flags.dataRoot || env['PROJECT_MEMORY_DATA_ROOT'] || envPaths('project-memory', { suffix: '' }).data,
  );
  return {
    dataRoot,
    databaseFile: join(dataRoot, DATABASE_NAME),
    synchronous: oneOf('PROJECT_MEMORY_SYNC', env, ['full', 'normal']),
    port: portOf(flags.port || env['PROJECT_MEMORY_PORT'] || String(DEFAULT_PORT)),
    maintenance: oneOf('PROJECT_MEMORY_MAINTENANCE', env, ['on', 'off']) === 'on',
    keep: {
      historyDays: numberIn('PROJECT_MEMORY_HISTORY_DAYS', env, 90),
      historyMegabytes: numberIn('PROJECT_MEMORY_HISTORY_MB', env, 256),
      eventDays: numberIn('PROJECT_MEMORY_EVENT_DAYS', env, 30),
      logDays: numberIn('PROJECT_MEMORY_LOG_DAYS', env, 365),
      contextVersions: numberIn('PROJECT_MEMORY_CONTEXT_VERSIONS', env, 50),
    },
    backups: {
      folder: resolve(env['PROJECT_MEMORY_BACKUP_FOLDER'] || join(dataRoot, 'backups')),
      everyHours: numberIn('PROJECT_MEMORY_BACKUP_HOURS', env, 24),
      keep: numberIn('PROJECT_MEMORY_BACKUP_KEEP', env, 7),
    },
    ...leasesOf(env['PROJECT_MEMORY_LEASE_SECONDS']),
  };
}

type Env = Readonly<Record<string, string | undefined>>;

/** The value of a variable with a closed set, of which the first is the default. */
function oneOf<T extends string>(name: string, env: Env, [usual, ...others]: readonly [T, ...T[]]): T {
  const text = env[name] || usual;
  const value = [usual, ...others].find((known) => known === text);
  if (value !== undefined) return value;
  throw new MemoryError('invalid_input', `${name} is "${text}".`, {
    hint: `Use ${[usual, ...others].join(' or ')}.`,
  });
}

/** A whole number that is not negative. */
function numberIn(name: string, env: Env, usual: number): number {
  const text = env[name] || String(usual);
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new MemoryError('invalid_input', `${name} is "${text}".`, { hint: `Use a whole number, such as ${usual}.` });
}

/** Given, it is the length of every lease: for tests, which cannot wait for longer ones. */
function leasesOf(text: string | undefined): Pick<Config, 'leaseMs' | 'longestLeaseMs'> {
  if (!text) return { leaseMs: 1_000 * LEASE_SECONDS, longestLeaseMs: 1_000 * LONGEST_LEASE_SECONDS };
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds > 0 && seconds <= LONGEST_LEASE_SECONDS) {
    return { leaseMs: 1_000 * seconds, longestLeaseMs: 1_000 * seconds };
  }
  throw new MemoryError('invalid_input', `PROJECT_MEMORY_LEASE_SECONDS is "${text}".`, {
    hint: `Use a number of seconds up to ${LONGEST_LEASE_SECONDS}; without it, leases begin at ${LEASE_SECONDS}.`,
  });
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new MemoryError('invalid_input', `"${text}" is not a port.`, {
    hint: 'Use a number from 0 to 65535 with --port or PROJECT_MEMORY_PORT; 0 takes any free one.',
  });
}
