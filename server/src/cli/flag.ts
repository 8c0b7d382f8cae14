/** A parameter as a flag of its command: how it is written, and what the words behind it mean. */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type * as z from 'zod';
import { isDirectory, longestText } from '../catalog/derive/schema.ts';
import { MemoryError } from '../domain/errors.ts';
import type { CatalogParam } from '../domain/tool-catalog.ts';
import { paramHelp } from '../domain/tool-help.ts';
import { isAbsolutePath } from '../domain/workspace-path.ts';
import { hyphened } from './command-line.ts';
import { readText } from './text-source.ts';

export interface Flag {
  /** The parameter's name. */
  key: string;
  option: Option;
  /** The value that was meant. @throws invalid_input */
  read: (given: unknown) => unknown;
}

export function flagOf(param: CatalogParam, schema: z.ZodType): Flag {
  const name = `--${hyphened(param.name)}`;
  const kind = kindOf(param, schema);
  const { place, read } = KINDS[kind];
  const about = [param.required ? 'required' : '', paramHelp(param)];
  const option = new Option(`${name} ${place}`, about.filter((part) => part !== '').join('; '));
  if (kind !== 'words') option.argParser(once(name));
  // Not commander's choices(): the validation has the better words for what is in no set.
  if (param.enum_values !== null) option.argChoices = [...param.enum_values];
  const nullable = schema.safeParse(null).success;
  return {
    key: param.name,
    option,
    // Only where null is a value does the word stand for it.
    read: (given) => (given === 'null' && nullable ? null : read(given, { name, schema })),
  };
}

/** A flag that is given twice would lose one of its values without a word. */
function once(name: string) {
  return (value: string, earlier: unknown): string => {
    if (earlier === undefined) return value;
    throw new MemoryError('invalid_input', `${name} is given twice.`, { hint: 'Give it once.' });
  };
}

type Kind = 'yesNo' | 'number' | 'words' | 'json' | 'document' | 'directory' | 'word';

/** Text from this length on is rather kept in a file than typed. */
const DOCUMENT_LENGTH = 100_000;

function kindOf({ type }: CatalogParam, schema: z.ZodType): Kind {
  if (type === 'boolean') return 'yesNo';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'array of string') return 'words';
  if (type === 'object' || type.startsWith('array')) return 'json';
  if (isDirectory(schema)) return 'directory';
  return (longestText(schema) ?? 0) >= DOCUMENT_LENGTH ? 'document' : 'word';
}

interface About {
  name: string;
  schema: z.ZodType;
}

/** How a value of each kind is written, and read. What does not fit is left as it is: the validation says why. */
const KINDS: Record<Kind, { place: string; read: (given: unknown, about: About) => unknown }> = {
  yesNo: { place: '[yes|no]', read: (given) => (given === true ? true : yesOrNo(String(given))) },
  number: {
    place: '<number>',
    read: (given) => (/^-?\d+(\.\d+)?$/.test(String(given)) ? Number(given) : given),
  },
  words: { place: '<text...>', read: wordsFrom },
  json: { place: '<json|@file>', read: (given, about) => jsonFrom(readText(String(given)), about) },
  document: { place: '<text|@file>', read: (given) => readText(String(given)) },
  directory: { place: '<folder>', read: (given) => fromHere(String(given)) },
  word: { place: '<value>', read: (given) => given },
};

/** A folder may be told from where one is, as everywhere in a shell. */
function fromHere(folder: string): string {
  return folder === '' || isAbsolutePath(folder) ? folder : resolve(folder);
}

function yesOrNo(text: string): boolean | string {
  if (/^(yes|true|1)$/i.test(text)) return true;
  return /^(no|false|0)$/i.test(text) ? false : text;
}

/** Words one by one, or all of them as JSON. */
function wordsFrom(given: unknown): unknown {
  if (!Array.isArray(given) || given.length !== 1) return given;
  const parsed = parseJson(String(given[0]));
  return Array.isArray(parsed) ? parsed : given;
}

/** An object or a list; where free-form data is taken, anything else is its text. @throws invalid_input */
function jsonFrom(text: string, { name, schema }: About): unknown {
  const parsed = parseJson(text);
  if (typeof parsed === 'object' && parsed !== null) return parsed;
  if (schema.safeParse('text').success) return text;
  throw new MemoryError('invalid_input', `${name} is not valid JSON.`, {
    hint: `Write it in quotes, as in ${name} '[…]' or '{…}', or give a file: ${name} @file.json.`,
  });
}

/** The value of JSON text; undefined where the text is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A flag where a value should stand: the value was forgotten. @throws invalid_input */
export function refuseFlagAsValue(command: Command): void {
  for (const option of command.options) {
    const given: unknown = command.getOptionValue(option.attributeName());
    const taken = command.options.find(({ long }) => long === given)?.long;
    if (taken == null) continue;
    throw new MemoryError('invalid_input', `${option.long} is without its value: ${taken} is a flag.`, {
      hint: `Write ${option.flags}.`,
    });
  }
}
