/** memory_library: agents, instructions and skills. */
import * as z from 'zod';
import {
  getAgent,
  getInstruction,
  getInstructionsForFile,
  getSkill,
  type InstructionRow,
  listAgents,
  listInstructions,
  listSkills,
  matchSkills,
  storeAgent,
  storeInstruction,
  storeSkill,
} from '../db/index.ts';
import { fromJson, type JsonObject, listFromJson } from '../domain/stored-values.ts';
import { action, tool } from './define.ts';
import { scriptActions } from './library-scripts.ts';
import { noneCalled } from './lookup.ts';
import { sliceOf } from './page.ts';
import { json, longText, PAGE, path, singleLine, word } from './params.ts';
import { count, quoted } from './text.ts';

const name = singleLine(200);
const filename = singleLine(300);
const content = longText.min(1);
const words = z.array(word).max(100);

const listAllAgents = action({
  summary: 'All agent definitions.',
  effect: 'read',
  params: PAGE,
  example: {},
  run: (page) =>
    sliceOf(
      listAgents().map((agent) => ({
        name: agent.name,
        origin: agent.origin,
        description: descriptionOf(agent.metadata),
      })),
      page,
    ),
  render: ({ items, cursor }) => ({
    heading: count(items.length, 'agent'),
    columns: ['name', 'origin', 'description'],
    rows: items.map((agent) => [agent.name, agent.origin, quoted(agent.description, 150)]),
    cursor,
  }),
});

const getOneAgent = action({
  summary: 'The definition of one agent.',
  effect: 'read',
  core: true,
  params: { name },
  example: { name: 'Executor' },
  run: (params) => {
    const agent = getAgent(params.name);
    if (agent === null)
      throw unknownName(
        'agent',
        params.name,
        listAgents().map((known) => known.name),
      );
    return { ...agent, metadata: fromJson<JsonObject>(agent.metadata) };
  },
  render: (agent) => agent.content,
});

const storeOneAgent = action({
  summary: 'Store an agent definition, or replace the one of this name.',
  effect: 'write',
  params: { name, content, metadata: json.optional() },
  example: { name: 'Translator', content: '# Translator\nTranslate the user interface.' },
  run: (params) => storeAgent(params.name, params.content, params.metadata),
  render: (agent) => `Stored: agent ${quoted(agent.name)} (${agent.id})`,
});

const listAllInstructions = action({
  summary: 'All instruction files.',
  effect: 'read',
  params: PAGE,
  example: {},
  run: (page) => sliceOf(listInstructions().map(summaryOf), page),
  render: ({ items, cursor }) => ({
    heading: count(items.length, 'instruction'),
    columns: ['file', 'applies to', 'description'],
    rows: items.map((file) => [file.filename, file.applies_to, quoted(file.description, 150)]),
    cursor,
  }),
});

function summaryOf(file: InstructionRow) {
  return { filename: file.filename, applies_to: file.applies_to, description: descriptionOf(file.metadata) };
}

const getOneInstruction = action({
  summary: 'One instruction file.',
  effect: 'read',
  core: true,
  params: { filename },
  example: { filename: 'project-memory-basics.instructions.md' },
  run: (params) => {
    const file = getInstruction(params.filename);
    if (file === null)
      throw unknownName(
        'instruction',
        params.filename,
        listInstructions().map((known) => known.filename),
      );
    return { ...file, metadata: fromJson<JsonObject>(file.metadata) };
  },
  render: (file) => file.content,
});

const storeOneInstruction = action({
  summary: 'Store an instruction file, or replace the one of this name.',
  effect: 'write',
  params: { filename, applies_to: singleLine(2_000), content },
  example: { filename: 'css.instructions.md', applies_to: '**/*.css', content: 'Use the colour variables.' },
  run: (params) => storeInstruction(params.filename, params.applies_to, params.content),
  render: (file) => `Stored: instruction ${quoted(file.filename)} (${file.id})`,
});

const matchInstructions = action({
  summary: 'Instructions whose globs match a file, with the glob that did.',
  effect: 'read',
  core: true,
  params: { path },
  example: { path: 'src/login.test.ts' },
  run: (params) =>
    getInstructionsForFile(params.path).map((file) => ({ ...summaryOf(file), matching_glob: file.matching_glob })),
  render: (files) => ({
    empty: 'No instruction applies to this file.',
    columns: ['file', 'applies because of', 'description'],
    hint: 'get_instruction shows the text',
    rows: files.map((file) => [file.filename, file.matching_glob, quoted(file.description, 200)]),
  }),
});

const listAllSkills = action({
  summary: 'All skills, or those of one category.',
  effect: 'read',
  params: { category: word.optional(), ...PAGE },
  example: {},
  run: ({ category, ...page }) =>
    sliceOf(
      listSkills()
        .filter((skill) => category === undefined || skill.category === category)
        .map((skill) => ({
          name: skill.name,
          category: skill.category,
          tags: listFromJson(skill.tags),
          description: skill.description ?? '',
        })),
      page,
    ),
  render: ({ items, cursor }) => ({
    heading: count(items.length, 'skill'),
    columns: ['name', 'category', 'description'],
    rows: items.map((skill) => [skill.name, skill.category, quoted(skill.description, 150)]),
    cursor,
  }),
});

const getOneSkill = action({
  summary: 'One skill.',
  effect: 'read',
  core: true,
  params: { name },
  example: { name: 'resume-work' },
  run: (params) => {
    const skill = getSkill(params.name);
    if (skill === null)
      throw unknownName(
        'skill',
        params.name,
        listSkills().map((known) => known.name),
      );
    return { ...skill, metadata: fromJson<JsonObject>(skill.metadata) };
  },
  render: (skill) => skill.content,
});

const storeOneSkill = action({
  summary: 'Store a skill, or replace the one of this name.',
  effect: 'write',
  params: {
    name,
    content,
    category: word.optional(),
    tags: words.optional(),
    language_targets: words.optional(),
    framework_targets: words.optional(),
  },
  example: {
    name: 'css-grid',
    content: 'How we lay out pages: …',
    category: 'frontend',
    tags: ['css', 'layout'],
  },
  run: ({ name, content, category, tags, language_targets, framework_targets }) => {
    const known = getSkill(name);
    const kept = (given: readonly string[] | undefined, stored: string | undefined) =>
      given ?? listFromJson(stored ?? '[]');
    return storeSkill(
      name,
      category ?? known?.category ?? 'general',
      kept(tags, known?.tags),
      kept(language_targets, known?.language_targets),
      kept(framework_targets, known?.framework_targets),
      content,
    );
  },
  render: (skill) => `Stored: skill ${quoted(skill.name)} (${skill.id})`,
});

const matchSomeSkills = action({
  summary: 'Skills for a kind of work, best first, with the words that matched and where.',
  effect: 'read',
  core: true,
  params: {
    query: z.string().min(1).max(10_000),
    category: word.optional(),
    tags: words.optional(),
    languages: words.optional(),
    frameworks: words.optional(),
  },
  example: { query: 'write tests for a database' },
  run: ({ query, ...filter }) =>
    matchSkills(query, { ...filter, limit: 10 }).map((skill) => ({
      name: skill.name,
      category: skill.category,
      description: skill.description ?? '',
      score: skill.score,
      matched_words: skill.matched_words,
      matched_in: skill.matched_in,
    })),
  render: (skills) => ({
    empty: 'No skill fits.',
    columns: ['name', 'score', 'words that matched, and where', 'description'],
    hint: 'get_skill shows the text',
    rows: skills.map((skill) => [
      skill.name,
      skill.score,
      skill.matched_words.map((word) => `${word} (${skill.matched_in[word]})`).join(', '),
      quoted(skill.description, 200),
    ]),
  }),
});

/** What a file says of itself in its front matter. */
export function descriptionOf(metadata: string): string {
  const description = fromJson<JsonObject>(metadata)?.['description'];
  return typeof description === 'string' ? description : '';
}

function unknownName(noun: string, name: string, known: readonly string[]) {
  return noneCalled(
    noun,
    name,
    known.length === 0 ? 'There are none yet.' : `There are: ${known.slice(0, 20).join(', ')}.`,
  );
}

export const libraryTool = tool({
  name: 'memory_library',
  summary: 'Agents, instructions and skills: how work is done here.',
  kind: 'write',
  actions: {
    list_agents: listAllAgents,
    get_agent: getOneAgent,
    store_agent: storeOneAgent,
    list_instructions: listAllInstructions,
    get_instruction: getOneInstruction,
    store_instruction: storeOneInstruction,
    match_instructions: matchInstructions,
    list_skills: listAllSkills,
    get_skill: getOneSkill,
    store_skill: storeOneSkill,
    match_skills: matchSomeSkills,
    ...scriptActions,
  },
});
