/** The corpus of our own: items in Markdown, `## kind/name`, a line of fields, a line of title, then text. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Item } from './items.ts';

const FOLDER = join(import.meta.dirname, 'corpus');

export function ownCorpus(): Item[] {
  const items = readdirSync(FOLDER)
    .sort()
    .flatMap((name) => readFileSync(join(FOLDER, name), 'utf8').split(/^## /m).slice(1).map(itemOf));
  return items.sort((a, b) => Number(b.kind === 'plan') - Number(a.kind === 'plan'));
}

function itemOf(section: string): Item {
  const [id = '', fields = '', first = '', ...rest] = section.trim().split('\n');
  const field = new Map(fields.split('; ').map((pair) => pair.split(/: (.*)/s, 2) as [string, string]));
  const kind = id.replace(/\/.*/, '') as Item['kind'];
  const plan = field.get('plan');
  const date = `${field.get('date')}T09:00:00.000Z`;
  const body = rest.join('\n').trim();
  const item: Item = { id, kind, title: first, body, date, type: field.get('category') ?? field.get('type') };
  if (plan !== undefined) item.plan = `plan/${plan}`;
  switch (kind) {
    case 'research':
      return { ...item, title: id.replace('research/', ''), body: `# ${first}\n${body}` };
    case 'instruction':
    case 'skill':
    case 'agent':
      return {
        ...item,
        title: id.replace(/^\w+\//, ''),
        body: `# ${first}\n${body}`,
        description: first,
        applies_to: field.get('applies_to'),
      };
    default:
      return item;
  }
}
