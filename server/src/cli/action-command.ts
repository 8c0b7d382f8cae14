/** A command for every action of the catalog: `project-memory steps next --plan-id … --agent-type …`. */
import { Command, Option } from 'commander';
import type { Action, Tool } from '../catalog/define.ts';
import { type PublishedSchema, publishParam } from '../catalog/derive/schema.ts';
import { dispatch, type Reply } from '../catalog/dispatch.ts';
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
  const origin = { workingDirectory: process.cwd() };
  const reply = await dispatch(tools, tool, input, origin);
  if (json) printJson(reply.data);
  else if (isPiece(reply)) print(await wholeText(tools, tool, input, reply));
  else print(reply.blocks.join('\n'));
}

interface PieceReply extends Reply {
  data: { text: string; length: number; cursor?: string };
}

function isPiece(reply: Reply): reply is PieceReply {
  const { data } = reply;
  return typeof data === 'object' && data !== null && 'text' in data && 'length' in data && 'cursor' in data;
}

/** A long text comes in pieces; here they are joined. */
async function wholeText(tools: readonly Tool[], tool: string, input: object, first: PieceReply): Promise<string> {
  let text = first.data.text;
  for (let cursor = first.data.cursor; cursor !== undefined; ) {
    const reply = await dispatch(tools, tool, { ...input, cursor }, { workingDirectory: process.cwd() });
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
    return { key, ...optionOf(`--${key.replaceAll('_', '-')}`, published, required) };
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
  return { option, read: readerOf(published, words) };
}

function readerOf({ type, items }: PublishedSchema, words: boolean): (value: unknown) => unknown {
  if (words) return (value) => (Array.isArray(value) && value.length === 1 ? parsed(String(value[0]), '[') : value);
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
      return (value) => (items === undefined ? value : parsed(String(value), '['));
    default:
      return (value) => (value === 'null' ? null : value);
  }
}

/** JSON text as its value; other text stays what it is, and the action says what it wants. */
function parsed(text: string, start: string): unknown {
  if (!text.trimStart().startsWith(start)) return start === '[' ? [text] : text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
