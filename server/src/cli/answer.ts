/** The answer to a call, as text, as a table on a terminal, or as an envelope. */
import { dispatch, type Reply } from '../catalog/dispatch.ts';
import { isPiece, type Piece } from '../catalog/page.ts';
import { TOOLS } from '../catalog/tools.ts';
import { commandLineOf } from './command-line.ts';
import { print, printJson } from './output.ts';

/** Calls an action and prints the whole answer. */
export async function answer(tool: string, input: object, json: boolean): Promise<void> {
  const reply = await callTool(tool, input);
  const text = isPiece(reply.data) ? await wholeText(tool, input, reply.data) : null;
  if (json) printJson(text === null ? reply.data : { text, length: text.length });
  else if (reply.table !== undefined && process.stdout.isTTY) {
    const { showTable } = await import('./terminal-table.ts');
    showTable(reply.table);
  } else print(text ?? reply.blocks.join('\n'));
}

/** One call from the directory in which the command was given; its reply is not cut. */
export function callTool(tool: string, input: object): Promise<Reply> {
  return dispatch(TOOLS, tool, input, { workingDirectory: process.cwd(), whole: true, written: commandLineOf });
}

/** A long text comes in pieces; here they are joined. */
async function wholeText(tool: string, input: object, first: Piece): Promise<string> {
  let { text, cursor } = first;
  while (cursor !== undefined) {
    const { data } = await callTool(tool, { ...input, cursor });
    if (!isPiece(data)) break;
    text += data.text;
    cursor = data.cursor;
  }
  return text;
}
