import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { oneLine, type PlanOutline, phaseNamer, taskOf } from '../plan-markdown.ts';
import { linesOf, textOf } from '../plan-markdown-lines.ts';
import { categoryOf, priorityOf } from '../plan-markdown-metadata.ts';
import { parsePlanMarkdown } from '../plan-markdown-parse.ts';
import { renderPlanMarkdown } from '../plan-markdown-render.ts';

function anOutline(overrides: Partial<PlanOutline> = {}): PlanOutline {
  return {
    title: 'T',
    description: null,
    category: null,
    priority: null,
    goals: [],
    success_criteria: [],
    phases: [],
    ...overrides,
  };
}

function withNotes(notes: string): PlanOutline {
  return anOutline({
    phases: [{ name: 'P', description: null, steps: [{ task: 'a', done: false, notes }] }],
  });
}

function reread(outline: PlanOutline): PlanOutline {
  return parsePlanMarkdown(renderPlanMarkdown(outline));
}

describe('renderPlanMarkdown', () => {
  test('writes a plan the way a person would', () => {
    const markdown = renderPlanMarkdown({
      title: 'Search',
      description: 'Find things.\n\n## Background\n\nThere is much.',
      category: 'feature',
      priority: 'high',
      goals: ['Find it', 'Fast,\nvery fast'],
      success_criteria: ['Under 50 ms'],
      phases: [
        {
          name: 'Index',
          description: 'First this.',
          steps: [
            { task: 'Write the DDL', done: true, notes: '| a | b |\n|---|---|\n\ntext' },
            { task: 'Triggers:', done: true, notes: '- insert\n- delete' },
            { task: 'Rank', done: false, notes: null },
          ],
        },
        { name: 'Later', description: null, steps: [] },
      ],
    });
    expect(markdown).toBe(`# Search

**Category:** feature  
**Priority:** high

Find things.

## Background

There is much.

## Goals

- Find it
- Fast,
  very fast

## Success criteria

- Under 50 ms

## Index

First this.

- [x] Write the DDL

  | a | b |
  |---|---|

  text

- [x] Triggers:
  - insert
  - delete
- [ ] Rank

## Later

<!-- no steps -->
`);
  });

  test('texts that would read as something else come back word for word', () => {
    const texts = [
      '- [ ] a step?\n\n```\nopen',
      '## Heading\n\n- [x] held',
      '**Lead-in**',
      '```verbatim\n- [ ] x\n```',
      '````\n- [ ] x',
      '<!-- no steps -->',
      '<!-- open\n\n# more',
      '\tcode\n\t```\n- [ ] x',
      '## Goals\n\n- g',
      '---\n\ntext',
      '**Category:** bugfix',
      '    indented first\nthen not',
    ];
    for (const text of texts) {
      const outline = anOutline({
        description: text,
        goals: [text.trim(), 'x'],
        phases: [
          { name: 'P', description: text, steps: [{ task: 'a', done: true, notes: text }] },
          { name: 'Q', description: text, steps: [] },
        ],
      });
      expect(reread(outline)).toEqual(outline);
    }
  });

  test('texts that read back as they are are not wrapped', () => {
    for (const text of [
      '| a |\n|---|',
      '> quote\nlazy',
      '```js\n- [ ] x\n```',
      '[x]: y',
      'a\n===',
      '<div>\n\ntext',
      '1. a\n   - b',
    ]) {
      expect(renderPlanMarkdown({ ...withNotes(text), description: text })).not.toContain('verbatim');
    }
  });

  test('tasks, titles and names become one paragraph or one line', () => {
    const tasks = [
      '- [ ] x',
      '# x',
      '1. x',
      '| a | b |',
      'x \\',
      '`',
      '<b>',
      'a\nb',
      '',
      ' \n',
      'a\n\nb',
      'a\n- b',
      'a\n===',
      'a | b\n- | -',
      '  a  ',
    ];
    const steps = tasks.map((task) => ({ task, done: false, notes: null }));
    const { title, phases } = reread(
      anOutline({ title: ' a\nb # ', phases: [{ name: '#\r\n##', description: null, steps }] }),
    );
    expect(title).toBe('a b #');
    expect(phases[0]?.name).toBe('# ##');
    expect(phases[0]?.steps.map(({ task }) => task)).toEqual([
      ...['- [ ] x', '# x', '1. x', '| a | b |', 'x \\', '`', '<b>', 'a\nb', '(no text)', '(no text)'],
      ...['a b', 'a - b', 'a ===', 'a | b - | -', 'a'],
    ]);
  });

  test('phases may be named like sections, like each other, or not at all', () => {
    const names = ['Goals', '\\Goals', 'success criteria:', '**Goal**', 'Work', '', 'P', 'P', '*', '[x]'];
    const phases = names.map((name) => ({
      name,
      description: null,
      steps: [{ task: 'a', done: false, notes: null }],
    }));
    expect(reread(anOutline({ phases })).phases.map(({ name }) => name)).toEqual([
      ...['Goals', '\\Goals', 'success criteria:', '**Goal**', 'Work', 'Work (2)', 'P', 'P (2)', '*', '[x]'],
    ]);
  });

  test('unknown categories and priorities are left out', () => {
    expect(reread(anOutline({ category: 'gardening', priority: 'Critical' }))).toEqual(
      anOutline({ priority: 'critical' }),
    );
  });

  test('writes and reads 100,000 steps in a moment', () => {
    const steps = Array.from({ length: 100_000 }, (_, i) => ({
      task: `Step ${i}`,
      done: i % 2 === 0,
      notes: 'some text\n\n- more',
    }));
    const outline = anOutline({ phases: [{ name: 'P', description: null, steps }] });
    const start = performance.now();
    expect(reread(outline)).toEqual(outline);
    expect(performance.now() - start).toBeLessThan(15_000);
  });
});

/** Pieces of Markdown in any order: nearly every text made of them is a trap. */
const PIECES = [
  ...[
    '- [ ] ',
    '- [x] ',
    '* [X] ',
    '1. [ ] ',
    '* ',
    '- ',
    '+ ',
    '1. ',
    '12) ',
    '#',
    '## ',
    '# ',
    '> ',
    '**',
    '**b**',
    '__',
    '_',
    '*',
  ],
  ...[
    '`',
    '```',
    '````',
    '~~~',
    '```verbatim\n',
    '\n```\n',
    '<!--',
    '-->',
    '<div>',
    '<pre>',
    '</pre>',
    '|',
    '| - |',
    '\\',
    '&nbsp;',
  ],
  ...['\n', '\n', '\n\n', '\n  ', '\n    ', '\n      ', ' ', '  ', '    ', '\t', '\r\n', '\r', '\n---\n', '===', '---'],
  ...[
    'a',
    'some words',
    'Goals',
    '## Goal\n',
    '## Success criteria\n',
    '## P\n',
    '### Q\n',
    '<!-- no steps -->',
    '- [ ]\n',
  ],
  ...[
    '**Category:** bugfix',
    '**Priority:** High\n',
    '\n**Category:** feature\n',
    '**Tasks:**\n',
    '**Aim:** x\n',
    '- **B**\n',
  ],
  ...['[x]', '[ ]', '[^1]: ', '[a]: b', 'a: b\n', '\u00a0', '\uFEFF', '\u2028', '\f', '😀', '$1'],
];
const soup = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(''));
const line = fc
  .tuple(
    fc.constantFrom('', '', '', ' ', '  ', '   ', '    ', '      ', '\t'),
    fc.constantFrom(
      '',
      '- [ ] ',
      '- [x] ',
      '1. [ ] ',
      '- ',
      '> ',
      '## ',
      '**b**',
      '```',
      '<!-- ',
      '<div>',
      '---',
      '===',
      '**B:**',
      '| a | b |',
    ),
    fc.oneof(fc.constantFrom('', 'a', 'b c', '[ ] x', '- [ ] y'), soup),
  )
  .map((parts) => parts.join(''));
const text = fc.oneof(
  soup,
  fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n')),
  fc.string({ unit: 'binary' }),
);
const markdown = fc.oneof(
  fc.array(line, { maxLength: 25 }).map((lines) => lines.join('\n')),
  fc.array(soup, { maxLength: 5 }).map((texts) => texts.join('\n')),
);
const maybe = fc.option(text, { nil: null });
const step = fc.record({ task: text, done: fc.boolean(), notes: maybe });
const phase = fc.record({
  name: fc.oneof(text, fc.constantFrom('Goals', '\\Goals', 'P', 'Work', '')),
  description: maybe,
  steps: fc.array(step, { maxLength: 3 }),
});
const outline = fc.record({
  title: text,
  description: maybe,
  category: fc.constantFrom(null, 'feature', 'Quick_Task', 'gardening', ''),
  priority: fc.constantFrom(null, 'low', 'CRITICAL', 'soon'),
  goals: fc.array(text, { maxLength: 3 }),
  success_criteria: fc.array(text, { maxLength: 2 }),
  phases: fc.array(phase, { maxLength: 3 }),
});

/** What a text is after one trip: its normal form and nothing else. */
function normal(written: string | null): string | null {
  return textOf(linesOf(written ?? ''));
}

describe('parse and render', () => {
  test('reading what was written from any document gives the same plan, and writing that the same document', () => {
    fc.assert(
      fc.property(markdown, (document) => {
        const plan = parsePlanMarkdown(document);
        const written = renderPlanMarkdown(plan);
        expect(parsePlanMarkdown(written)).toEqual(plan);
        expect(renderPlanMarkdown(parsePlanMarkdown(written))).toBe(written);
      }),
      { numRuns: 500 },
    );
  });

  test('an outline of any strings comes back in its normal form, and is written the same again', () => {
    fc.assert(
      fc.property(outline, (plan) => {
        const written = renderPlanMarkdown(plan);
        const nameFor = phaseNamer();
        const texts = (all: readonly string[]) =>
          all.map((goal) => normal(goal.trim())).filter((goal) => goal !== null);
        expect(parsePlanMarkdown(written)).toEqual({
          title: oneLine(plan.title),
          description: normal(plan.description),
          category: categoryOf(plan.category ?? ''),
          priority: priorityOf(plan.priority ?? ''),
          goals: texts(plan.goals),
          success_criteria: texts(plan.success_criteria),
          phases: plan.phases.map(({ name, description, steps }) => ({
            name: nameFor(name),
            description: normal(description),
            steps: steps.map(({ task, done, notes }) => ({ task: taskOf(task), done, notes: normal(notes) })),
          })),
        });
        expect(renderPlanMarkdown(parsePlanMarkdown(written))).toBe(written);
      }),
      { numRuns: 300 },
    );
  });
});
