/** Every action of the catalog, by a tool and by a command: the same answer and the same rows. */
import { describe, expect, test } from 'vitest';
import { isPiece } from '../src/catalog/page.ts';
import { flagWords, hyphened } from '../src/cli/command-line.ts';
import { ALL_CALLS, CALLS, type NamedCall } from './support/calls.ts';
import { actionOf } from './support/catalog.ts';
import { type Args, type Memory, sharedMemory } from './support/memory.ts';
import { runBin } from './support/processes.ts';
import { normal, storedEffect } from './support/stored-effect.ts';
import { aWorld, type World } from './support/world.ts';

/** What the command of this action prints. */
async function printed(memory: Memory, { tool, action }: NamedCall, args: Args, ...more: string[]): Promise<string> {
  const words = [tool, hyphened(action), ...flagWords(args), ...more];
  const { code, stdout, stderr } = await runBin(words, { dataRoot: memory.dataRoot });
  expect({ code, stderr }, `${words.join(' ')}\n${stdout}`).toEqual({ code: 0, stderr: '' });
  return stdout.trimEnd();
}

// A pair of databases for each tool: what changed is found by looking at all rows, so they had better be few.
describe.each(Object.keys(CALLS))('%s', (tool) => {
  const byTool = sharedMemory();
  const byCommand = sharedMemory();
  const calls = ALL_CALLS.filter((named) => named.tool === tool);
  const having = (effect: string) => calls.filter((named) => actionOf(named).effect === effect);
  let shared: Promise<World> | undefined;

  test.for(having('read'))('$action reads the same text and the same data', async (named) => {
    shared ??= aWorld(byTool);
    const args = await named.call(await shared);
    const [text, envelope] = await Promise.all([printed(byTool, named, args), printed(byTool, named, args, '--json')]);
    expect(withoutSize(text)).toBe(withoutSize((await byTool.ok(tool, named.action, args)).trimEnd()));
    const { version, ok, data } = JSON.parse(envelope) as { version: number; ok: boolean; data: unknown };
    expect({ version, ok }).toEqual({ version: 1, ok: true });
    const full = await byTool.ok(tool, named.action, { ...args, detail: 'full' });
    // Of a long text, the text itself is all there is.
    if (isPiece(data)) expect(data.text).toBe(full);
    else expect(JSON.parse(withoutSize(JSON.stringify(data)))).toEqual(JSON.parse(withoutSize(full)));
  });

  test.for(having('write'))('$action gives the same reply and writes the same rows', async (named) => {
    const written = async (memory: Memory, call: (args: Args) => Promise<string>) => {
      const args = await named.call(await aWorld(memory));
      return await storedEffect(memory.dataRoot, () => call(args));
    };
    const [tooled, commanded] = await Promise.all([
      written(byTool, (args) => byTool.ok(tool, named.action, args)),
      written(byCommand, (args) => printed(byCommand, named, args)),
    ]);
    expect(normal(commanded.result)).toBe(normal(tooled.result.trimEnd()));
    expect(commanded.rows).toBe(tooled.rows);
    expect(tooled.rows).not.toBe('');
  });
});

/** The file grows and shrinks as processes come and go. */
function withoutSize(text: string): string {
  return text.replace(/\(\d+ bytes/, '(n bytes').replace(/"size_bytes":\d+/, '"size_bytes":0');
}
