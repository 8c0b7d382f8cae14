/** The settings of this process: flags before environment variables before defaults. The only reader of the environment. */
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { MemoryError } from './domain/errors.ts';

export interface Config {
  dataRoot: string;
  databaseFile: string;
  synchronous: 'full' | 'normal';
  port: number;
}

export interface Flags {
  dataRoot?: string | undefined;
  port?: string | undefined;
}

const DATABASE_NAME = 'project-memory.db';
const DEFAULT_PORT = 7466;

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
  };
}

function synchronousOf(text: string): 'full' | 'normal' {
  if (text === 'full' || text === 'normal') return text;
  throw new MemoryError('invalid_input', `PROJECT_MEMORY_SYNC is "${text}".`, {
    hint: 'Use full or normal.',
  });
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new MemoryError('invalid_input', `"${text}" is not a port.`, {
    hint: 'Use a number from 0 to 65535 with --port or PROJECT_MEMORY_PORT; 0 takes any free one.',
  });
}
