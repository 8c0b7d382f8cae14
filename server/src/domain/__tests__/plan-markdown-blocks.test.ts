import fc from 'fast-check';
import type { ListItem, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { describe, expect, test } from 'vitest';
import { readBlocks } from '../plan-markdown-blocks.ts';
import type { Block } from '../plan-markdown-tree.ts';

/** The document's own headings and all checkboxes with their lines, as text that is easy to compare. */
function shapeOf(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) => (block.kind === 'heading' ? [`${block.start} heading`] : stepsIn(block)));
}

function stepsIn(block: Block): string[] {
  if (block.kind !== 'list') return [];
  return block.items.flatMap(({ start, step, children }) => [
    ...(step === null ? [] : [`${start} ${step.done ? 'done' : 'open'} to ${step.end}`]),
    ...children.flatMap(stepsIn),
  ]);
}

/** The same from the library, which reads the whole document at once. What a checkbox is, GFM says. */
function shapeOfWhole(lines: readonly string[]): string[] {
  return fromMarkdown(lines.join('\n')).children.flatMap((node) =>
    node.type === 'heading' ? [`${lineOf(node)} heading`] : stepsInNode(node, lines),
  );
}

function stepsInNode(node: RootContent | ListItem, lines: readonly string[]): string[] {
  if (node.type !== 'list' && node.type !== 'listItem') return [];
  const inside = node.children.flatMap((child) => stepsInNode(child, lines));
  const [first] = node.children;
  if (node.type === 'list' || first?.type !== 'paragraph' || lineOf(first) !== lineOf(node)) return inside;
  const { start, end } = first.position ?? { start: { line: 1, column: 1 }, end: { line: 1 } };
  const paragraph = [lines[start.line - 1]?.slice(start.column - 1), ...lines.slice(start.line, end.line)].join('\n');
  const mark = /^\[([ x])\]\s+\S/i.exec(paragraph)?.[1];
  return mark === undefined ? inside : [`${lineOf(node)} ${mark === ' ' ? 'open' : 'done'} to ${end.line}`, ...inside];
}

function lineOf(node: RootContent | ListItem): number {
  return (node.position?.start.line ?? 0) - 1;
}

/** Lines of list markers, openings and closings of other blocks, in any order. */
function anyLines(indents: readonly string[], numbers: readonly string[]): fc.Arbitrary<string[]> {
  const opening = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('- [ ] ', '- [x] ', '* [X] ', '- ', '', ...numbers) },
    { weight: 2, arbitrary: fc.constantFrom('* ', '1. ', '> ', '## ', '- - ', '') },
    { weight: 1, arbitrary: fc.constantFrom('```', '~~~', '<!--', '-->', '<div>', '<pre>', '</pre>') },
  );
  const text = fc.constantFrom(
    'a',
    'some words of text',
    '- [ ] b',
    '- c',
    '* * *',
    '===',
    '---',
    '[ ] d',
    '1) e',
    '`',
    '#',
    '',
  );
  const filled = fc.tuple(fc.constantFrom('', '', '', ...indents), opening, text).map((parts) => parts.join(''));
  const line = fc.oneof({ weight: 4, arbitrary: filled }, { weight: 1, arbitrary: fc.constant('') });
  return fc.oneof(fc.array(line), fc.array(line, { minLength: 300, maxLength: 600, size: 'max' }));
}

describe('readBlocks', () => {
  test('reads a document in pieces as the library reads it whole', () => {
    // Numbers but 1 not together with indented code: after that the library takes them for text, which CommonMark does not.
    const lines = fc.oneof(
      anyLines([' ', '  ', '   '], ['1. [ ] ', '2. [ ] ', '12) [x] ']),
      anyLines([' ', '  ', '  ', '    ', '      ', '\t'], ['1. [ ] ', '1) [x] ']),
    );
    fc.assert(
      fc.property(lines, (document) => {
        expect(shapeOf(readBlocks(document))).toEqual(shapeOfWhole(document));
      }),
      { numRuns: 150 },
    );
  });

  test('an open fence or comment reaches over all pieces', () => {
    const steps = Array.from({ length: 2000 }, (_, i) => `- [ ] step ${i}`);
    for (const opening of ['```', '~~~', '<!--', '<pre>']) {
      expect(shapeOf(readBlocks([opening, ...steps]))).toEqual([]);
    }
    expect(shapeOf(readBlocks(['```', ...steps, '```', '# End']))).toEqual(['2002 heading']);
  });

  test('nesting beyond all reason is text', () => {
    const stairs = Array.from({ length: 200 }, (_, i) => `${'  '.repeat(i)}- [ ] step ${i}`);
    expect(shapeOf(readBlocks(stairs))).toHaveLength(31);
    expect(shapeOf(readBlocks([`${'- '.repeat(100_000)}[ ] x`, '', `${'>'.repeat(100_000)}x`, '', '# End']))).toEqual([
      '4 heading',
    ]);
  });
});
