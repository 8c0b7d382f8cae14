import { describe, expect, test } from 'vitest';
import type { PlanOutline } from '../plan-markdown.ts';
import { parsePlanMarkdown } from '../plan-markdown-parse.ts';

const PLAN = `# Plan 7: Search & Recall

**Category:** Feature  
**Priority:** High  
**Status:** Drafted — not reviewed  
**Depends on:** Plan 6

## Goal

Let agents find what they stored, **fast**.

### Decisions

- **FTS5** — inside SQLite
- No server

---

## Phase 1: Index

Build it first.

- [x] **1.1** Write the DDL. At minimum:

  **Tables**
  | Table | Purpose |
  |-------|---------|
  | \`documents\` | One row per text |

  \`\`\`sql
  -- - [ ] not a step
  SELECT 1;

  \`\`\`

- [x] **1.2** Triggers:
  - \`insert\`
  - \`delete\` (both ways)
- [ ] **1.3** Rank by
  \`bm25\`, newest first

## Phase 2: Tools

- [ ] Search action
  - [x] Parse the query
    with care
  - a plain note
  - [ ] Cut the answer
- [ ] Help

---

## References

| File | Purpose |
|------|---------|
| \`a.ts\` | x |

## Success Criteria

- [ ] Under 50 ms
- Nothing lost
`;

function phasesOf(markdown: string): string[] {
  return parsePlanMarkdown(markdown).phases.map(
    ({ name, steps }) => `${name}: ${steps.map(({ task, done }) => (done ? `${task} (done)` : task)).join(', ')}`,
  );
}

describe('parsePlanMarkdown', () => {
  test('reads title, fields, phases and steps of a plan', () => {
    expect(parsePlanMarkdown(PLAN)).toEqual({
      title: 'Plan 7: Search & Recall',
      description: [
        '**Status:** Drafted — not reviewed  \n**Depends on:** Plan 6',
        '### Decisions',
        '- **FTS5** — inside SQLite\n- No server',
        '---',
        '## References',
        '| File | Purpose |\n|------|---------|\n| `a.ts` | x |',
      ].join('\n\n'),
      category: 'feature',
      priority: 'high',
      goals: ['Let agents find what they stored, **fast**.'],
      success_criteria: ['Under 50 ms', 'Nothing lost'],
      phases: [
        {
          name: 'Phase 1: Index',
          description: 'Build it first.',
          steps: [
            {
              task: '**1.1** Write the DDL. At minimum:',
              done: true,
              notes:
                '**Tables**\n| Table | Purpose |\n|-------|---------|\n| `documents` | One row per text |\n\n' +
                '```sql\n-- - [ ] not a step\nSELECT 1;\n\n```',
            },
            { task: '**1.2** Triggers:', done: true, notes: '- `insert`\n- `delete` (both ways)' },
            { task: '**1.3** Rank by\n`bm25`, newest first', done: false, notes: null },
          ],
        },
        {
          name: 'Phase 2: Tools',
          description: null,
          steps: [
            { task: 'Search action', done: false, notes: '- a plain note' },
            { task: 'Parse the query\nwith care', done: true, notes: null },
            { task: 'Cut the answer', done: false, notes: null },
            { task: 'Help', done: false, notes: null },
          ],
        },
      ],
    } satisfies PlanOutline);
  });

  test('a byte order mark, carriage returns and a fence around everything make no difference', () => {
    const plan = parsePlanMarkdown(PLAN);
    expect(parsePlanMarkdown(`\uFEFF${PLAN.replaceAll('\n', '\r\n')}`)).toEqual(plan);
    expect(parsePlanMarkdown(PLAN.replaceAll('\n', '\r'))).toEqual(plan);
    expect(parsePlanMarkdown(`\`\`\`\`markdown\n${PLAN}\`\`\`\`\n`)).toEqual(plan);
  });

  test('every kind of list and mark makes steps', () => {
    const markdown = '# T\n\n## P\n\n* [X] a\n* [ ] b\n\n1. [x] c\n2. [ ] d\n\n+ [ ] e\n  1) [ ] f\n\n10. [ ] g';
    expect(phasesOf(markdown)).toEqual(['P: a (done), b, c (done), d, e, f, g']);
  });

  test('what only looks like a checkbox is none', () => {
    const markdown =
      '# T\n\n```\n- [ ] code\n```\n\n    - [ ] code\n\n> - [ ] quoted\n\n- [y] other\n- [ ]\n- []\n- [x]tight\n\n<!--\n- [ ] comment\n-->\n';
    const plan = parsePlanMarkdown(markdown);
    expect(plan.phases).toEqual([]);
    expect(plan.description).toBe(markdown.slice('# T\n\n'.length).trimEnd());
  });

  test('steps before any phase go to the phase Work, whose name a later phase cannot take', () => {
    expect(phasesOf('- [ ] a\n\n# T\n\ntext\n\n- [ ] b\n\n## Work\n\n- [ ] c')).toEqual(['Work: a, b', 'Work (2): c']);
  });

  test('a repeated phase name is numbered', () => {
    const markdown = '# T\n\n## P\n\n- [ ] a\n\n## P\n\n- [ ] b\n\n## P (2)\n\n- [ ] c\n\n### P\n\n- [ ] d';
    expect(phasesOf(markdown)).toEqual(['P: a', 'P (2): b', 'P (2) (2): c', 'P (3): d']);
  });

  describe('bold lead-ins', () => {
    test('are phases when a checklist follows directly', () => {
      const plan = parsePlanMarkdown(
        '# T\n\n**Backend**\n\n- [ ] a\n\nand then\n\n- [ ] b\n\n**Web:** the _browser_\n- [ ] c\n\n__Last__ one\n- [ ] d\n\n**Not this**\n\ntext\n\n- [ ] e',
      );
      expect(plan.phases).toEqual([
        { name: 'Backend', description: 'and then', steps: [step('a'), step('b')] },
        { name: 'Web', description: 'the _browser_', steps: [step('c')] },
        { name: 'Last', description: 'one\n\n**Not this**\n\ntext', steps: [step('d'), step('e')] },
      ]);
    });

    test('are phases beside the steps of their heading', () => {
      expect(
        phasesOf('# T\n\n## P\n\n- [ ] a\n\n**Extra**\n- [ ] b\n\n## Q\n\n**R**\n- [ ] c\n\n**S**\n- [ ] d'),
      ).toEqual(['P: a', 'Extra: b', 'R: c', 'S: d']);
    });

    test('are text of their heading when they are its only one and a mere label', () => {
      for (const label of [
        '**Tasks:**',
        '**Steps**',
        '**Aim:** be quick',
        '**Aim**: be quick',
        '**Aim:** be quick\n**Tasks:**',
      ]) {
        expect(parsePlanMarkdown(`# T\n\n## P\n\n${label}\n\n- [ ] a\n`).phases).toEqual([
          { name: 'P', description: label, steps: [step('a')] },
        ]);
      }
    });

    test('may be bullets that hold the checklist', () => {
      const plan = parsePlanMarkdown('# T\n\n## Phases\n\n- **One**\n  - [ ] a\n- **Two:** later\n  - [ ] b\n- rest\n');
      expect(plan.description).toBe('## Phases');
      expect(plan.phases).toEqual([
        { name: 'One', description: null, steps: [step('a')] },
        { name: 'Two', description: 'later\n\n- rest', steps: [step('b')] },
      ]);
    });

    test('are their last line alone when that is bold', () => {
      expect(parsePlanMarkdown('# T\n\nIntro\n**Build:**\n- [ ] a').phases[0]?.name).toBe('Build');
      expect(parsePlanMarkdown('# T\n\nIntro\n**Build:**\n- [ ] a').description).toBe('Intro');
    });
  });

  test('bullets without a checkbox stay text, and the checkboxes inside them are steps', () => {
    const { phases } = parsePlanMarkdown(
      '# T\n\n## P\n\n- before\n- [ ] a\n- Setup\n  - [ ] b\n    - [x] c\n  - more\n- after',
    );
    expect(phases).toEqual([
      {
        name: 'P',
        description: '- before\n\n- Setup\n\n  - more\n- after',
        steps: [step('a'), step('b'), { ...step('c'), done: true }],
      },
    ]);
  });

  test('notes are dedented, tabs included, and lose nothing but the nested steps', () => {
    const { phases } = parsePlanMarkdown(
      '# T\n\n-\t[ ] a\n\n\ttext\n\n\t\tcode\n\t\t\tdeeper\n\n\t- [ ] b\n\t  notes of b\n\n\tmore\n\n10. [ ] c\n\n        four\n\n    none\n',
    );
    expect(phases[0]?.steps).toEqual([
      { task: 'a', done: false, notes: 'text\n\n    code\n        deeper\n\nmore' },
      { task: 'b\nnotes of b', done: false, notes: null },
      { task: 'c', done: false, notes: '    four\n\nnone' },
    ]);
  });

  test('goals and criteria come from list items and paragraphs, at any level and in any case', () => {
    const plan = parsePlanMarkdown(
      '# T\n\n## GOALS:\n\nFirst,\nwrapped.\n\n1. second\n   - with detail\n\n2. third\n\n---\n\n### 🎯 success criteria\n\n* [x] done already\n\n## Goal\n\n- last\n\n## Goals of others\n\ntext',
    );
    expect(plan.goals).toEqual(['First,\nwrapped.', 'second\n- with detail', 'third', 'last']);
    expect(plan.success_criteria).toEqual(['done already']);
    expect(plan.phases).toEqual([]);
    expect(plan.description).toBe('## Goals of others\n\ntext');
  });

  test('front matter is text, not a heading', () => {
    const plan = parsePlanMarkdown('---\nowner: me\ntags: [a]\n---\n\n# T\n\ntext\n');
    expect(plan.title).toBe('T');
    expect(plan.description).toBe('owner: me\ntags: [a]\n\ntext');
  });

  test.each([
    ['# Closed ##', 'Closed'],
    ['Two\nlines\n===', 'Two lines'],
    ['#', ''],
    ['###   C# and F#   ', 'C# and F#'],
    ['text only', ''],
    ['', ''],
  ])('the title of %j is %j', (markdown, title) => {
    expect(parsePlanMarkdown(markdown).title).toBe(title);
  });

  test.each([
    ['short steps', (i: number) => `- [ ] **${i}** Do this and then do that, but not now\n`],
    ['steps with notes', (i: number) => `${i + 1}. [x] Step\n   wrapped\n\n   - one\n   - two\n`],
  ])('reads 100,000 %s in a moment', (_, stepText) => {
    const markdown = `# T\n\n## P\n\n${Array.from({ length: 100_000 }, (__, i) => stepText(i)).join('')}`;
    const start = performance.now();
    expect(parsePlanMarkdown(markdown).phases[0]?.steps).toHaveLength(100_000);
    expect(performance.now() - start).toBeLessThan(15_000);
  });
});

function step(task: string): { task: string; done: boolean; notes: null } {
  return { task, done: false, notes: null };
}
