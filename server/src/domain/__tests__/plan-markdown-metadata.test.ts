import { describe, expect, test } from 'vitest';
import { parsePlanMarkdown } from '../plan-markdown-parse.ts';

describe('category and priority', () => {
  test('directly before a checklist are not the name of a phase', () => {
    for (const between of ['\n', '\n\n']) {
      const plan = parsePlanMarkdown(`# T\n\n**Category:** Refactor${between}- [ ] a`);
      expect(plan).toMatchObject({ category: 'refactor', phases: [{ name: 'Work', steps: [{ task: 'a' }] }] });
    }
  });

  test.each([
    ['**Category:** Bugfix', 'bugfix', null],
    ['**Category**: `feature`', 'feature', '**Category**: `feature`'],
    ['- **category:** quick_task', 'quick_task', null],
    ['**Category:** Bug Fix', 'bugfix', '**Category:** Bug Fix'],
    ['**Category:** Refactor (server)', 'refactor', '**Category:** Refactor (server)'],
    ['**Category:** Gardening', null, '**Category:** Gardening'],
    ['**Category:** constructor', null, '**Category:** constructor'],
    ['Category: feature', null, 'Category: feature'],
  ])('%s is %s', (line, category, description) => {
    expect(parsePlanMarkdown(`# T\n\n${line}\n`)).toMatchObject({ category, description });
  });

  test('the first known word counts, and leaves the description only when it stands before the second heading', () => {
    const plan = parsePlanMarkdown(
      '**Priority:** soon\n**Priority:** low\n\n# T\n\n**Priority:** high\n\n## More\n\n**Category:** feature',
    );
    expect(plan).toMatchObject({
      priority: 'low',
      category: 'feature',
      description: '**Priority:** soon\n\n**Priority:** high\n\n## More\n\n**Category:** feature',
    });
  });

  test('are not read from code, steps or phases', () => {
    const plan = parsePlanMarkdown(
      '# T\n\n```\n**Category:** feature\n```\n\n## P\n\n**Category:** bugfix\n\ntext\n\n- [ ] **Priority:** high\n',
    );
    expect(plan).toMatchObject({ category: null, priority: null });
  });
});
