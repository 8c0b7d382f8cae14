/** Lists on a terminal: whatever is stored and however wide the window is, every line fits and the columns stay in line. */
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { type Table, tableText } from '../../catalog/table.ts';
import { terminalTable } from '../terminal-table.ts';

const PLAIN = { bold: (text: string) => text };

function shown(table: Partial<Table>, width = 60): string[] {
  return terminalTable({ columns: ['id', 'title'], rows: [], ...table }, { width, ...PLAIN }).split('\n');
}

describe('a list on a terminal', () => {
  test('has its heading, its columns in line, and how to get the rest', () => {
    const rows = [
      ['step_1', 'active', 'Wash'],
      ['step_22', null, 'Paint'],
    ];
    expect(shown({ heading: '2 steps', columns: ['id', 'status', 'task'], rows, cursor: '2' })).toEqual([
      '2 steps',
      'id       status  task',
      'step_1   active  Wash',
      'step_22  –       Paint',
      'more: the same command with --cursor 2',
    ]);
  });

  test('is plain text where an id would be split, so that it can be copied', () => {
    const rows = [['step_270qb2rxwj49', 'pending', 'A task of some length', 'Executor']];
    expect(shown({ columns: ['id', 'status', 'task', 'agent'], rows }, 58).join('\n')).toContain('step_270qb2rxwj49');
  });

  test('wraps a long cell inside its column', () => {
    expect(shown({ rows: [['a', 'one two three four five six']] }, 20)).toEqual([
      'id  title',
      'a   one two three',
      '    four five six',
    ]);
  });

  test('breaks a word that is longer than its column', () => {
    expect(shown({ rows: [['a', 'x'.repeat(20)]] }, 18)).toEqual([
      'id  title',
      `a   ${'x'.repeat(14)}`,
      `    ${'x'.repeat(6)}`,
    ]);
  });

  test('keeps what belongs to a group indented under its line', () => {
    expect(shown({ rows: ['"Prepare"', ['  step_1', 'Wash']] })).toEqual([
      'id        title',
      '"Prepare"',
      '  step_1  Wash',
    ]);
  });

  test('says only what there is where there are no rows', () => {
    expect(shown({ empty: 'No plans here.' })).toEqual(['No plans here.']);
    expect(shown({ heading: '0 notes' })).toEqual(['0 notes']);
    expect(shown({})).toEqual(['id | title']);
  });

  test('is plain text where the window is too narrow for its columns', () => {
    const table = { columns: ['a', 'b', 'c'], rows: [['x'.repeat(30), 'y'.repeat(30), 'z'.repeat(30)]] };
    const lines = terminalTable(table, { width: 30, ...PLAIN }).split('\n');
    expect(lines.every((line) => line.length <= 30)).toBe(true);
    expect(lines.join('').replaceAll(/\s/g, '')).toBe(tableText(table).replaceAll(/\s/g, ''));
  });

  test('counts a wide character as two columns, and a family as one character', () => {
    const rows = [
      ['日本', 'x'],
      ['👨‍👩‍👧', 'x'],
      ['\u{1FAE0}', 'x'],
      ['ab', 'x'],
    ];
    expect(shown({ columns: [], rows })).toEqual(['日本  x', '👨‍👩‍👧    x', '\u{1FAE0}    x', 'ab    x']);
  });

  test('lets no stored text move the cursor or change the colours', () => {
    const [, line] = shown({ rows: [['a', 'red\u001b[31m\u009b2J\nnext\ttab']] });
    expect(line).toBe('a   red\uFFFD[31m\uFFFD2J next tab');
  });

  const cell = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.constantFrom(null, 7, '日本語のタイトル'));
  const anyTable = fc.record({
    columns: fc.constant(['id', 'status', 'title']),
    rows: fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 }),
  });

  test('fits every window, whatever its cells hold', () => {
    fc.assert(
      fc.property(anyTable, fc.integer({ min: 20, max: 120 }), (table, width) => {
        const text = terminalTable(table, { width, ...PLAIN });
        expect(text.isWellFormed()).toBe(true);
        for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('loses no letter', () => {
    const letters = (all: string) => [...all.replaceAll(/\s/g, '')].sort().join('');
    fc.assert(
      fc.property(anyTable, fc.integer({ min: 60, max: 120 }), (table, width) => {
        const cells = [table.columns, ...table.rows].flat().map((value) => (value === null ? '–' : String(value)));
        expect(letters(terminalTable(table, { width, ...PLAIN }))).toBe(letters(cells.join('')));
      }),
    );
  });
});
