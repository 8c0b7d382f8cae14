/** Inspector, the protocol's own client for developers, on the command line against the server over stdio. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { idIn } from '../support/memory.ts';
import { BIN, runNode } from '../support/processes.ts';
import { INSTALLING_MS, protocolTools } from '../support/protocol-tools.ts';

let inspector = '';

beforeAll(() => {
  inspector = join(protocolTools(), 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js');
}, INSTALLING_MS);

interface Answer {
  code: number | null;
  result: unknown;
}

describe.each([
  ['legacy', '2025-11-25'],
  ['modern', '2026-07-28'],
])('in the %s era', (era, version) => {
  /** One request; a call is refused with code 5. */
  async function ask(dataRoot: string, method: string, ...flags: string[]): Promise<Answer> {
    const server = [process.execPath, BIN, 'mcp', '--data-root', dataRoot];
    const request = ['--method', method, '--protocol-era', era, '--format', 'json', ...flags];
    const env = { HOME: temporaryFolder() };
    const { code, stdout, stderr } = await runNode([inspector, '--cli', ...server, ...request], { env });
    if (stdout === '') throw new Error(`${method} was not answered: ${stderr}`);
    return { code, result: (JSON.parse(stdout) as { result: unknown }).result };
  }

  const call = (dataRoot: string, tool: string, args: object) =>
    ask(dataRoot, 'tools/call', '--tool-name', tool, '--tool-args-json', JSON.stringify(args));

  test('it connects and lists tools, prompts, resources and templates', async () => {
    const dataRoot = temporaryFolder();
    const [connected, tools, prompts, resources, templates] = await Promise.all(
      ['initialize', 'tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'].map((method) =>
        ask(dataRoot, method),
      ),
    );
    expect(connected).toMatchObject({ code: 0, result: { protocolVersion: version } });
    expect(tools).toMatchObject({ code: 0, result: { tools: { length: 8 } } });
    expect(prompts).toMatchObject({ code: 0, result: { prompts: { length: 4 } } });
    expect(resources).toMatchObject({ code: 0, result: { resources: [] } });
    expect(templates).toMatchObject({ code: 0, result: { resourceTemplates: { length: 3 } } });
  });

  test('a call that succeeds ends with code 0, a refused one with 5', async () => {
    const dataRoot = temporaryFolder();
    const registered = await call(dataRoot, 'memory_workspace', { action: 'register', path: '/p/inspected' });
    expect(registered).toMatchObject({ code: 0, result: { content: [{ type: 'text' }] } });
    const plan = { action: 'create', title: 'Paint', category: 'quick_task' };
    const created = await call(dataRoot, 'memory_plan', plan);
    expect(created.code).toBe(0);
    const uri = `memory://plan/${idIn(JSON.stringify(created.result), 'plan')}`;
    const read = await ask(dataRoot, 'resources/read', '--uri', uri);
    expect(read).toMatchObject({ code: 0, result: { contents: [{ uri, text: expect.stringContaining('Paint') }] } });
    const refused = await call(dataRoot, 'memory_plan', { action: 'get', plan_id: 'plan_000000000000' });
    expect(refused).toMatchObject({ code: 5, result: { isError: true } });
    expect(JSON.stringify(refused.result)).toContain('not_found: No plan with id');
  });
});
