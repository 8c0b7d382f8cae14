/** Random data directories of the old file store, with everything that real ones were seen to have. */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';

type Files = Record<string, string>;
type Json = Record<string, unknown>;

const time = fc
  .integer({ min: 0, max: 86_400_000 * 365 })
  .chain((ms) => fc.constantFrom(iso(ms), iso(ms).replace(/\d\dZ$/, 'Z'), iso(ms).replace(/\.\d+Z$/, 'Z')));

function iso(ms: number): string {
  return new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
}

/** Words of many kinds: unicode, Windows paths, line ends, what JSON has to escape. */
const text = fc.oneof(
  fc.constantFrom(
    'Bake bread',
    'Füße – 日本語 🍞',
    'C:\\Users\\Ada\\bakery',
    'two\r\nlines',
    'say "hi"',
    ' padded ',
    'nul\u0000inside',
    '__proto__',
  ),
  fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }),
);
const word = fc.constantFrom('Executor', 'Reviewer', 'Builder', 'User');
const json: fc.Arbitrary<Json> = fc.dictionary(
  fc.stringMatching(/^[a-z_]{1,8}$/),
  fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(text, { maxLength: 3 })),
  { maxKeys: 4 },
);
/** Fields that no column has. */
const extra = json.map((value) => Object.fromEntries(Object.entries(value).map(([key, inner]) => [`x_${key}`, inner])));

/** Each field there or not. */
function some(model: Record<string, fc.Arbitrary<unknown>>, required: readonly string[] = []): fc.Arbitrary<Json> {
  return fc
    .tuple(fc.record(model, { requiredKeys: [...required] }), extra)
    .map(([known, unknown]) => ({ ...unknown, ...known }) as Json);
}

const phase = fc.constantFrom('Plan', 'Build', 'Test', 'Ä/ö', '');

const step = some(
  {
    phase,
    task: text,
    status: fc.constantFrom('pending', 'active', 'done', 'blocked', 'skipped', 'failed'),
    type: fc.constantFrom('standard', 'code', 'user_validation', 'magic'),
    notes: text,
    assignee: word,
    requires_confirmation: fc.boolean(),
    completed_at: time,
    depends_on: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 2 }),
  },
  ['phase', 'task', 'status'],
);

const session = some(
  {
    session_id: fc.uuid(),
    agent_type: word,
    started_at: time,
    completed_at: time,
    context: json,
    summary: text,
    artifacts: fc.array(text, { maxLength: 2 }),
    handoff_stats: json,
  },
  ['started_at'],
);
const lineage = some({ timestamp: time, from_agent: word, to_agent: word, reason: text }, ['timestamp']);
const note = fc.oneof(
  text,
  some(
    {
      note: text,
      type: fc.constantFrom('info', 'warning', 'shout'),
      added_at: time,
      added_by: fc.constantFrom('user', 'agent', 'cat'),
    },
    ['note'],
  ),
);
const script = some(
  { id: fc.uuid(), name: text, description: text, command: text, directory: text, created_at: time, mcp_handle: text },
  ['name', 'command'],
);
const confirmation = some({ confirmed: fc.boolean(), confirmed_by: word, confirmed_at: time }, ['confirmed']);
const phaseEntry = some(
  {
    name: phase,
    sequence: fc.integer({ min: 1, max: 9 }),
    success_criteria: fc.array(text, { maxLength: 2 }),
    approval_required: fc.boolean(),
    required_agents: fc.array(word, { maxLength: 2 }),
  },
  ['name'],
);

const planFields = {
  title: text,
  description: text,
  priority: fc.constantFrom('low', 'high', 'urgent'),
  category: fc.constantFrom('feature', 'bug', 'change', 'program', 'odd'),
  status: fc.constantFrom('active', 'archived', 'completed', 'failed', 'paused', 'dreaming'),
  current_phase: text,
  current_agent: fc.option(word),
  recommended_next_agent: word,
  created_at: time,
  updated_at: time,
  completed_at: time,
  goals: fc.array(text, { maxLength: 2 }),
  success_criteria: fc.array(text, { maxLength: 2 }),
  categorization: json,
  deployment_context: json,
  paused_at_snapshot: json,
  schema_version: fc.constant('2.0'),
  pending_notes: fc.array(note, { maxLength: 3 }),
  notes: fc.array(note, { maxLength: 2 }),
  agent_sessions: fc.array(session, { maxLength: 3 }),
  lineage: fc.array(lineage, { maxLength: 3 }),
  build_scripts: fc.array(script, { maxLength: 2 }),
  confirmation_state: fc.record({
    phases: fc.dictionary(fc.constantFrom('Plan', 'Build', 'Nowhere'), confirmation, { maxKeys: 2 }),
    steps: fc.dictionary(fc.constantFrom('0', '1', '5', 'x'), confirmation, { maxKeys: 2 }),
  }),
};

const plan = fc
  .tuple(
    some(planFields, ['title', 'created_at', 'updated_at']),
    fc.array(step, { maxLength: 6 }),
    // In their own order: a list out of order comes out sorted, which is another list.
    fc.option(fc.array(phaseEntry, { minLength: 1, maxLength: 3 })),
    fc.boolean(),
  )
  .map(([state, steps, phases, indexed]) => ({
    ...state,
    steps: steps.map((it, index) => (indexed ? { ...it, index } : it)),
    ...(phases === null ? {} : { phases: phases.map((it, i) => ({ ...it, sequence: i + 1 })) }),
  }));

const contextFile = fc.oneof(
  some({ plan_id: text, workspace_id: text, stored_at: time, data: json }).map((it) => ({
    ...it,
    type: 'review',
    data: it['data'] ?? {},
  })),
  some({ captured_at: time, user_request: json, context: json }).map((it) => ({ ...it, type: 'original_request' })),
  json,
  fc.array(text, { maxLength: 2 }),
  text,
);

const planFolder = fc.record({
  state: plan,
  place: fc.constantFrom('plans/', 'plans/_archived/'),
  prefix: fc.constantFrom('plan_', ''),
  context: fc.dictionary(
    fc.constantFrom('review', 'research', 'review.2', 'handoff_executor_to_reviewer', 'Odd name'),
    contextFile,
    { maxKeys: 3 },
  ),
  research: fc.dictionary(
    fc.constantFrom('notes.md', 'audit', 'deep/inside.md', 'prompts/x.md'),
    fc.oneof(
      text.filter(plain),
      time.map((at) => `\uFEFF---\r\ncreated_at: ${at}\r\n---\r\nBody\r\n`),
    ),
    { maxKeys: 2 },
  ),
  prompts: fc.dictionary(fc.constantFrom('one.prompt.md', 'two.prompt.md'), text.filter(plain), { maxKeys: 1 }),
  investigation: fc.option(json),
});

function plain(value: string): boolean {
  return !value.includes('\u0000') && value.isWellFormed();
}

const logEntry = some(
  {
    timestamp: time,
    tool: text,
    action: text,
    file_path: text,
    summary: text,
    plan_id: text,
    agent: word,
    untracked: fc.boolean(),
    warning: text,
  },
  ['timestamp'],
);

const workspace = fc.record({
  meta: some({
    path: fc.constantFrom('c:\\Work\\Bakery', '/srv/bakery'),
    name: text,
    created_at: time,
    updated_at: time,
    profile: json,
    legacy_workspace_ids: fc.array(fc.stringMatching(/^old-[a-z]{4}$/), { maxLength: 2 }),
  }),
  scripts: fc.array(script, { maxLength: 2 }),
  sections: fc.dictionary(fc.stringMatching(/^[a-z_]{1,10}$/), fc.oneof(json, text), { maxKeys: 3 }),
  updates: fc.array(logEntry, { maxLength: 4 }),
  audits: fc.array(logEntry, { maxLength: 2 }),
  allowlist: fc.option(fc.array(text, { maxLength: 3 })),
  plans: fc.array(planFolder, { maxLength: 4 }),
  links: fc.array(
    fc.tuple(
      fc.nat({ max: 3 }),
      fc.nat({ max: 5 }),
      fc.constantFrom('program_id', 'parent_program_id', 'child_plan_ids', 'depends_on_plans'),
    ),
    { maxLength: 5 },
  ),
  knowledge: fc.dictionary(
    fc.stringMatching(/^[a-z]{1,5}$/),
    fc.oneof(
      text.filter(plain),
      some({
        title: text,
        category: word,
        content: text,
        data: json,
        tags: fc.array(text, { maxLength: 2 }),
        created_at: time,
      }),
    ),
    { maxKeys: 2 },
  ),
});

/** A directory as its files: path → text. */
export const directories: fc.Arbitrary<Files> = fc
  .record({
    workspaces: fc.array(workspace, { minLength: 1, maxLength: 2 }),
    events: fc.array(some({ type: text, timestamp: time, plan_id: text, data: json }, ['type', 'timestamp']), {
      maxLength: 3,
    }),
    indent: fc.constantFrom(0, 2),
    style: fc.constantFrom('plain', 'crlf', 'bom'),
  })
  .map(({ workspaces, events, indent, style }) => {
    const files: Files = {};
    const write = (value: unknown): string => {
      const body = JSON.stringify(value, null, indent);
      if (style === 'crlf') return body.replaceAll('\n', '\r\n');
      return style === 'bom' ? `\uFEFF${body}` : body;
    };
    for (const [w, it] of workspaces.entries()) {
      const id = `ws_${w}-0123456789ab`;
      files[`${id}/workspace.meta.json`] = write({
        ...it.meta,
        workspace_id: id,
        ...(it.scripts.length > 0 ? { workspace_build_scripts: it.scripts } : {}),
      });
      files[`${id}/workspace.context.json`] = write({
        workspace_id: id,
        sections: it.sections,
        update_log: { entries: it.updates, last_updated: iso(1) },
        audit_log: { entries: it.audits },
      });
      if (it.allowlist !== null)
        files[`${id}/terminal-allowlist.json`] = write({ patterns: it.allowlist, updated_at: iso(2) });
      const names = it.plans.map((folder, p) => `${folder.prefix}p${w}${p}`);
      for (const [p, folder] of it.plans.entries()) {
        const state: Json = { id: names[p], workspace_id: id, ...folder.state };
        for (const [from, to, field] of it.links) {
          if (from !== p) continue;
          const other = names[to] ?? `plan_missing_${to}`;
          state[field] = field.endsWith('s') ? [...((state[field] as string[] | undefined) ?? []), other] : other;
        }
        const place = `${id}/${folder.place}${names[p]}`;
        files[`${place}/state.json`] = write(state);
        for (const [stem, value] of Object.entries(folder.context)) files[`${place}/${stem}.json`] = write(value);
        for (const [name, content] of Object.entries(folder.research))
          files[`${place}/research_notes/${name}`] = content;
        for (const [name, content] of Object.entries(folder.prompts)) files[`${place}/prompts/${name}`] = content;
        if (folder.investigation !== null)
          files[`${place}/investigations/inv_1/state.json`] = write(folder.investigation);
      }
      for (const [slug, value] of Object.entries(it.knowledge)) {
        if (typeof value === 'string') files[`${id}/knowledge/${slug}.md`] = value;
        else files[`${id}/knowledge/${slug}.json`] = write({ slug, ...value });
      }
    }
    for (const [i, event] of events.entries())
      files[`events/evt_${i}_abcd.json`] = write({ id: `evt_${i}_abcd`, ...event });
    return files;
  });

/** What real directories have beside: files that are cut off, empty or hold nothing, and folders without a plan. */
export const damage: fc.Arbitrary<Files> = fc.dictionary(
  fc.constantFrom(
    'plans/plan_bad/state.json',
    'plans/plan_lost/review.json',
    'plans/_archived/state.json',
    'knowledge/bad.json',
    'plans/loose.txt',
  ),
  fc.constantFrom('', 'null', '{"id": "x", "steps": [', '[]', '\uFEFF'),
  { maxKeys: 3 },
);

const WRITTEN = new Date('2026-06-01T12:00:00.123Z');

/** Writes the files, all at one moment: it dates what has no date of its own. */
export function writeDirectory(folder: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
    utimesSync(join(folder, path), WRITTEN, WRITTEN);
  }
}
