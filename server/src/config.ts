/** The settings of this process: flags before environment variables before defaults. The only reader of the environment. */
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { MemoryError } from './domain/errors.ts';

export interface Config {
  dataRoot: string;
  databaseFile: string;
  synchronous: 'full' | 'normal';
  port: number;
  /** How long a claim is safe without a sign of life, before a plan's own steps say that it takes longer, and at most. */
  leaseMs: number;
  longestLeaseMs: number;
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
function readConfig(flags: Flags, env: Readonly<Record<string, string | undefined>>): Config {
  const dataRoot = resolve(
    flags.dataRoot || env['PROJECT_MEMORY_DATA_ROOT'] || envPaths('project-memory', { suffix: '' }).data,
  );
  return {
    dataRoot,
    databaseFile: join(dataRoot, DATABASE_NAME),
    synchronous: synchronousOf(env['PROJECT_MEMORY_SYNC'] || 'full'),
    port: portOf(flags.port || env['PROJECT_MEMORY_PORT'] || String(DEFAULT_PORT)),
    ...leasesOf(env['PROJECT_MEMORY_LEASE_SECONDS']),
  };
}

function synchronousOf(text: string): 'full' | 'normal' {
  if (text === 'full' || text === 'normal') return text;
  throw new MemoryError('invalid_input', `PROJECT_MEMORY_SYNC is "${text}".`, {
    hint: 'Use full or normal.',
  });
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
