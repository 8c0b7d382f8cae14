import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseFrontMatter } from '../front-matter.ts';

const AGENT = `---
name: Worker
description: 'Does one thing: the task.'
tools: ['read', project-memory/*, todo]
---

# Worker

\`\`\`json
{ "a": 1 }
\`\`\`
`;

function metadataOf(...lines: string[]): Record<string, unknown> {
  return parseFrontMatter(['---', ...lines, '---', ''].join('\n')).metadata;
}

describe('parseFrontMatter', () => {
  test('splits a file into metadata and body', () => {
    const { metadata, body, content, problem } = parseFrontMatter(AGENT);
    expect(metadata).toEqual({
      name: 'Worker',
      description: 'Does one thing: the task.',
      tools: ['read', 'project-memory/*', 'todo'],
    });
    expect(body).toMatch(/^\n# Worker\n/);
    expect(content).toBe(AGENT);
    expect(problem).toBeNull();
  });

  test('a byte order mark and carriage returns make no difference', () => {
    expect(parseFrontMatter(`\uFEFF${AGENT.replaceAll('\n', '\r\n')}`)).toEqual(parseFrontMatter(AGENT));
  });

  test('a code fence around the whole file makes no difference, even with fences inside', () => {
    expect(parseFrontMatter(`\`\`\`chatagent\n${AGENT}\`\`\`\n`)).toEqual(parseFrontMatter(AGENT));
    expect(parseFrontMatter(`\n\`\`\`\`chatagent\r\n${AGENT}\`\`\`\`\n\n`).metadata).toEqual(
      parseFrontMatter(AGENT).metadata,
    );
    expect(parseFrontMatter('```markdown\n# Title\n```\n').content).toBe('# Title\n');
  });

  test('a file that only begins or ends with a code block keeps it', () => {
    for (const text of [
      '```js\na\n```\ntext\n```js\nb\n```\n',
      '```yaml\n---\nname: x\n---\n```\ntext\n',
      '```yaml\n---\nname: x\n---\n```\ntext\n```js\ncode\n```\n',
      '```\n',
      '```js\na\n```\ntext\n',
    ]) {
      expect(parseFrontMatter(text)).toEqual({ metadata: {}, body: text, content: text, problem: null });
    }
  });

  test('reads folded and literal text, inline and block lists, maps', () => {
    expect(
      metadataOf(
        'description: >',
        '  Use this skill',
        '  when needed.',
        'literal: |-',
        '  a',
        '  b',
        'tags: [rust, "cxx-qt"]',
        'languages:',
        '  - rust',
        '  - qml',
        'metadata:',
        '  category: gui',
        '  deep: { on: true, count: 3 }',
        'handoffs:',
        '- label: Back',
        '  agent: Hub',
      ),
    ).toEqual({
      description: 'Use this skill when needed.\n',
      literal: 'a\nb',
      tags: ['rust', 'cxx-qt'],
      languages: ['rust', 'qml'],
      metadata: { category: 'gui', deep: { on: true, count: 3 } },
      handoffs: [{ label: 'Back', agent: 'Hub' }],
    });
  });

  test('without front matter the metadata is empty and the body is everything', () => {
    for (const text of [
      '',
      '# Title\n',
      'name: x\n',
      '---\n\nJust a rule.\n\n---\nMore\n',
      '---\n- a\n---\n',
      'x\n---\nname: y\n---\n',
    ]) {
      expect(parseFrontMatter(text)).toEqual({ metadata: {}, body: text, content: text, problem: null });
    }
  });

  test('empty front matter is front matter', () => {
    expect(parseFrontMatter('---\n---\nbody')).toEqual({
      metadata: {},
      body: 'body',
      content: '---\n---\nbody',
      problem: null,
    });
    expect(parseFrontMatter('---\n# a comment\n...\nbody').body).toBe('body');
  });

  test('front matter that never ends is reported and taken for text', () => {
    const { metadata, body, problem } = parseFrontMatter('---\nname: x\n# Title\n');
    expect(metadata).toEqual({});
    expect(body).toBe('---\nname: x\n# Title\n');
    expect(problem).toContain('no closing line');
  });

  test('one broken line costs no other', () => {
    const { metadata, body, problem } = parseFrontMatter(
      [
        '---',
        'name: helper',
        'description: Use when: the user asks',
        'applyTo: **/*.ts',
        'globs:',
        '  - *.py',
        "  - 'src/**'",
        'inline: [*.md, "b"]',
        'quoted: "it\'s: "a" thing"',
        'folded: >',
        '  first: one',
        '  second',
        'tags: [a, b]',
        'empty:',
        '---',
        'body',
      ].join('\n'),
    );
    expect(metadata).toEqual({
      name: 'helper',
      description: 'Use when: the user asks',
      applyTo: '**/*.ts',
      globs: ['*.py', 'src/**'],
      inline: ['*.md', 'b'],
      quoted: 'it\'s: "a" thing',
      folded: 'first: one second\n',
      tags: ['a', 'b'],
      empty: null,
    });
    expect(body).toBe('body');
    expect(problem).toMatch(/line \d+, column \d+$/);
  });

  test('prototype keys are harmless', () => {
    const metadata = metadataOf(
      '__proto__: { polluted: true }',
      'constructor: x',
      'deep: { __proto__: { polluted: true }, a: 1 }',
    );
    expect(metadata).toEqual({ constructor: 'x', deep: { a: 1 } });
    expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype);
    expect(Object.hasOwn(metadataOf('__proto__: [', 'a: 1'), '__proto__')).toBe(false);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('custom tags stay text', () => {
    expect(metadataOf('a: !!js/function "x"', 'b: !mine y', 'c: 2026-01-02')).toEqual({
      a: 'x',
      b: 'y',
      c: '2026-01-02',
    });
  });

  test('the later of two equal keys counts', () => {
    expect(metadataOf('name: a', 'name: b')).toEqual({ name: 'b' });
  });

  test.each([
    [
      'aliases of aliases',
      [
        'a: &a [x, x, x]',
        ...'bcdefghij'.split('').map((name, i) => `${name}: &${name} [${`*${'abcdefghi'[i]},`.repeat(9)}]`),
      ].join('\n'),
    ],
    ['an alias of itself', 'a: &a [*a]'],
    ['deep lists', `a: ${'['.repeat(60_000)}`],
    ['deep maps', `a: ${'{b: '.repeat(15_000)}`],
    ['very long', 'a: b\n'.repeat(50_000)],
    ['blanks', `a${' '.repeat(60_000)}b: c: d`],
  ])('hostile YAML is reported at once: %s', (_, yaml) => {
    const { problem, body } = parseFrontMatter(`---\n${yaml}\n---\nbody`);
    if (problem === null) expect(body).toContain('body');
    else expect(problem).not.toBe('');
  });

  test('reads back whatever YAML can hold', () => {
    const value = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-z][\w-]*$/), tie('value'), {
          maxKeys: 4,
          noNullPrototype: true,
        }),
      ),
    })).value;
    const metadata = fc.dictionary(fc.stringMatching(/^[a-zA-Z][\w-]*$/), value, {
      minKeys: 1,
      maxKeys: 5,
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(metadata, fc.string({ unit: 'binary' }), (data, text) => {
        const parsed = parseFrontMatter(`---\n${stringify(data)}---\n${text}`);
        expect(parsed.metadata).toEqual(data);
        expect(parsed.body).toBe(text.replace(/\r\n?/g, '\n'));
        expect(parsed.problem).toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  test('never throws, ends the content with the body, and gives plain JSON', () => {
    const piece = fc.constantFrom(
      '---',
      '...',
      '\n',
      '\r\n',
      '```',
      '~~~~',
      'a: b',
      '- x',
      '  c: [',
      '"',
      '>',
      '|',
      '&a ',
      '*a',
      ': ',
      '#',
      '\t',
      '\uFEFF',
      '__proto__: 1',
    );
    fc.assert(
      fc.property(fc.string({ unit: piece, maxLength: 25 }), fc.boolean(), (text, fenced) => {
        const first = parseFrontMatter(fenced ? `---\n${text}\n---\n` : text);
        expect(first.content).not.toMatch(/\r/);
        expect(first.content.endsWith(first.body)).toBe(true);
        expect(first.metadata).toEqual(JSON.parse(JSON.stringify(first.metadata)));
      }),
      { numRuns: 500 },
    );
  });
});
