/** A command for every action of the catalog: `project-memory steps next --plan-id … --agent-type …`. */
import { Command, Option } from 'commander';
import type { Action, Tool } from '../catalog/define.ts';
import { type PublishedSchema, publishParam } from '../catalog/derive/schema.ts';
import { dispatch, type Reply } from '../catalog/dispatch.ts';
import { MemoryError } from '../domain/errors.ts';
import { print, printJson } from './output.ts';

/** `memory_steps` → `steps`, with a command per action. `run` opens the database and then does the call. */
export function toolCommand(tools: readonly Tool[], tool: Tool, run: Runner): Command {
  const command = new Command(tool.name.replace('memory_', '')).description(tool.summary);
  for (const [name, action] of Object.entries(tool.actions)) {
    const verb = command.command(name.replaceAll('_', '-')).description(action.summary);
    const params = paramsOf(action);
    for (const { option } of params) verb.addOption(option);
    verb.action((options: Record<string, unknown>) =>
      run(async () => {
        const input = Object.fromEntries(
          params.flatMap(({ key, option, read }) => {
            const value = options[option.attributeName()];
            return value === undefined ? [] : [[key, read(value)]];
          }),
        );
        await answer(tools, tool.name, { action: name, ...input }, options['json'] === true);
      }, options['json'] === true),
    );
    verb.option('--json', 'print the data as JSON');
  }
  return command;
}

export type Runner = (body: () => Promise<void>, json: boolean) => Promise<void>;

/** Calls an action and prints the whole answer. */
export async function answer(tools: readonly Tool[], tool: string, input: object, json: boolean): Promise<void> {
  const call = (params: object) => dispatch(tools, tool, params, { workingDirectory: process.cwd(), whole: true });
  const reply = await call(input);
  const text = isPiece(reply) ? await wholeText(call, input, reply) : null;
  if (json) printJson(text === null ? reply.data : { text, length: text.length });
  else print(text ?? reply.blocks.join('\n'));
}

interface PieceReply extends Reply {
  data: { text: string; length: number; cursor?: string };
}

function isPiece(reply: Reply): reply is PieceReply {
  const { data } = reply;
  return typeof data === 'object' && data !== null && 'text' in data && 'length' in data && 'cursor' in data;
}

/** A long text comes in pieces; here they are joined. */
async function wholeText(call: (params: object) => Promise<Reply>, input: object, first: PieceReply): Promise<string> {
  let text = first.data.text;
  for (let cursor = first.data.cursor; cursor !== undefined; ) {
    const reply = await call({ ...input, cursor });
    if (!('text' in (reply.data as object))) break;
    const piece = reply.data as PieceReply['data'];
    text += piece.text;
    cursor = piece.cursor;
  }
  return text;
}

interface Param {
  key: string;
  option: Option;
  read: (value: unknown) => unknown;
}

function paramsOf(action: Action): Param[] {
  return Object.entries(action.schema.shape).map(([key, schema]) => {
    const published = publishParam(schema);
    const required = !schema.safeParse(undefined).success;
    const option = optionOf(`--${key.replaceAll('_', '-')}`, published, required);
    // Only where null is a value does the word stand for it.
    const read = (value: unknown) => (value === 'null' && schema.safeParse(null).success ? null : option.read(value));
    return { key, option: option.option, read };
  });
}

/** Lists of words may be given several times; other lists and objects are JSON text. */
function optionOf(flag: string, published: PublishedSchema, required: boolean): Omit<Param, 'key'> {
  const words = published.type === 'array' && published.items?.type === 'string';
  const about = [
    required ? 'required' : '',
    published.description ?? '',
    published.enum?.join(' | ') ?? '',
    published.type === 'object' || (published.type === 'array' && !words) ? 'JSON' : '',
  ];
  const place = published.type === 'boolean' ? ' [yes|no]' : words ? ' <text...>' : ' <value>';
  const option = new Option(`${flag}${place}`, about.filter((part) => part !== '').join('; '));
  return { option, read: readerOf(flag, published, words) };
}

function readerOf(flag: string, { type }: PublishedSchema, words: boolean): (value: unknown) => unknown {
  if (words) return (value) => (Array.isArray(value) && value.length === 1 ? listFrom(String(value[0])) : value);
  switch (type) {
    case 'boolean':
      return (value) =>
        value === true || /^(yes|true|1)$/i.test(String(value))
          ? true
          : /^(no|false|0)$/i.test(String(value))
            ? false
            : value;
    case 'integer':
    case 'number':
      return (value) => (/^-?\d+(\.\d+)?$/.test(String(value)) ? Number(value) : value);
    case 'array':
      return (value) => {
        const parsed = fromJson(String(value));
        if (parsed !== undefined) return parsed;
        throw new MemoryError('invalid_input', `${flag} is not valid JSON.`, {
          hint: `Write a list in quotes: ${flag} '[…]'.`,
        });
      };
    case 'object':
      // Free-form data may be plain text; what must be an object says so itself.
      return (value) => fromJson(String(value)) ?? value;
    default:
      return (value) => value;
  }
}

/** One word, or a list of words as JSON. */
function listFrom(text: string): unknown {
  const parsed = fromJson(text);
  return Array.isArray(parsed) ? parsed : [text];
}

/** The value of JSON text; undefined where the text is none. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
