/** memory_context through the door: research documents. */
import { describe, expect, test } from 'vitest';
import { sharedMemory, textOf } from '../support/memory.ts';
import { aWorld } from '../support/world.ts';

const memory = sharedMemory();

describe('research documents', () => {
  test('grow by appending, on a plan and on a workspace', async () => {
    const { workspaceId, planId } = await aWorld(memory);
    for (const place of [{ plan_id: planId }, { workspace_id: workspaceId }]) {
      const document = { ...place, filename: 'paint.md' };
      await memory.ok('context', 'append_research', { ...document, content: '# Paint' });
      expect(await memory.ok('context', 'append_research', { ...document, content: 'Two coats.\n' })).toMatch(
        /^Appended: "paint\.md" \(res_\w{12}\) has 19 characters now$/,
      );
      expect(await memory.ok('context', 'get_research', document)).toBe('# Paint\nTwo coats.\n');
    }
  });

  test('come in pieces when they are long; joined, they are the whole', async () => {
    const { planId } = await aWorld(memory);
    const document = { plan_id: planId, filename: 'long.md' };
    const content = `${'Zwölf 🦆 "quoted"\n'.repeat(3_000)}x`;
    await memory.ok('context', 'append_research', { ...document, content });
    let whole = '';
    for (let cursor: string | undefined = '0'; cursor !== undefined; ) {
      const result = await memory.call('context', 'get_research', { ...document, cursor });
      expect(textOf(result).length).toBeLessThanOrEqual(24_000);
      const [piece, note] = result.content.map((block) => (block.type === 'text' ? block.text : ''));
      whole += piece;
      cursor = /the rest: the same call with cursor "(\d+)"/.exec(note ?? '')?.[1];
    }
    expect(whole).toBe(content);
  });

  test('that are not there are refused with those that are', async () => {
    const { planId } = await aWorld(memory);
    const missing = { plan_id: planId, filename: 'missing.md' };
    expect(await memory.refused('context', 'get_research', missing)).toMatch(
      /^not_found: .*"missing\.md" here\. There are none yet/,
    );
    await memory.ok('context', 'append_research', { plan_id: planId, filename: 'paint.md', content: 'x' });
    expect(await memory.refused('context', 'get_research', missing)).toMatch(/There are: "paint\.md"\.$/);
  });

  test.each(['../secrets.md', 'a/../../b.md', '..\\b.md', ' '])('are not called %j', async (filename) => {
    const { planId } = await aWorld(memory);
    expect(await memory.refused('context', 'append_research', { plan_id: planId, filename, content: 'x' })).toMatch(
      /^invalid_input: "filename": /,
    );
  });

  test('of an archived plan can be read and not written', async () => {
    const { planId } = await aWorld(memory);
    const document = { plan_id: planId, filename: 'paint.md' };
    await memory.ok('context', 'append_research', { ...document, content: 'Two coats.' });
    await memory.ok('plan', 'archive', { plan_id: planId });
    expect(await memory.ok('context', 'get_research', document)).toBe('Two coats.');
    expect(await memory.refused('context', 'append_research', { ...document, content: 'x' })).toMatch(
      /^conflict: .*restore/,
    );
  });
});
