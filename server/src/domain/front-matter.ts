/** The one reader of front matter, for agents, instructions and skills: the YAML between two `---` lines that begin a file. */
import { parseDocument } from 'yaml';
import { isDelimiter, partFrontMatter } from './front-matter-lines.ts';

export interface FrontMatter {
  /** Empty without front matter. Plain JSON values. */
  metadata: Record<string, unknown>;
  /** What follows the front matter; without one, the content. */
  body: string;
  /** The whole text without byte order mark, carriage returns and a code fence around everything. */
  content: string;
  /** What is wrong with the YAML, if anything. The metadata then holds what could be read line by line. */
  problem: string | null;
}

const MAX_YAML = 65_536;
// More aliases than this are an attempt to make something huge out of something small.
const MAX_ALIASES = 20;

/** Never throws: front matter that is not YAML is read line by line, and `problem` says so. */
export function parseFrontMatter(text: string): FrontMatter {
  const lines = withoutFence(text.replace(/^\uFEFF+/, '').split(/\r\n|\r|\n/));
  const content = lines.join('\n');
  const none = { metadata: {}, body: content, content, problem: null };

  const parted = partFrontMatter(lines);
  if (parted === null) return none;
  const { yaml, body } = parted;
  if (yaml === null) return { ...none, problem: 'The front matter has no closing line "---".' };

  const read = readYaml(yaml.join('\n'));
  const metadata = read.problem === null ? read.value : readLoosely(yaml);
  // Text between two thematic breaks is no front matter.
  if (metadata === null) return none;
  return { metadata, body: body.join('\n'), content, problem: read.problem };
}

/** Without the fence around everything: its last line closes it, and inside is front matter or no other fence. */
function withoutFence(lines: string[]): string[] {
  const first = lines.findIndex((line) => line.trim() !== '');
  const last = lines.findLastIndex((line) => line.trim() !== '');
  const outer = fenceOf(lines[first]);
  const end = fenceOf(lines[last]);
  if (outer === null || end === null || first === last || !closes(end, outer)) return lines;

  let inner: Fence | null = null;
  let blocks = 0;
  for (const line of lines.slice(first + 1, last)) {
    const fence = fenceOf(line);
    if (fence === null) continue;
    if (inner === null) {
      inner = fence;
      blocks++;
    } else if (closes(fence, inner)) {
      inner = null;
    }
  }
  const wraps = inner === null && (blocks === 0 || isDelimiter(lines[first + 1], '---'));
  return wraps ? [...lines.slice(first + 1, last), ...lines.slice(last + 1)] : lines;
}

interface Fence {
  ticks: string;
  info: string;
}

function fenceOf(line: string | undefined): Fence | null {
  const [, ticks, info] = /^(`{3,}|~{3,})([^`]*)$/.exec(line ?? '') ?? [];
  return ticks === undefined || info === undefined ? null : { ticks, info: info.trim() };
}

function closes(fence: Fence, opener: Fence): boolean {
  return fence.info === '' && fence.ticks.startsWith(opener.ticks);
}

type Yaml = { value: Record<string, unknown> | null; problem: null } | { problem: string };

/** The mapping in a YAML text; null for text that is YAML of another shape. */
function readYaml(source: string): Yaml {
  if (source.length > MAX_YAML) return { problem: `The front matter is longer than ${MAX_YAML} characters.` };
  try {
    const document = parseDocument(source, {
      schema: 'core',
      uniqueKeys: false,
      resolveKnownTags: false,
      logLevel: 'silent',
    });
    const [error] = document.errors;
    if (error !== undefined) return { problem: (error.message.split('\n')[0] ?? '').replace(/:$/, '') };
    const value = asJson(document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {});
    return { value: isMapping(value) ? value : null, problem: null };
  } catch (error) {
    // Too many aliases, or nested too deeply.
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value without keys that would reach a prototype. */
function asJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJson);
  if (!isMapping(value)) return value;
  const entries = Object.entries(value).filter(([key]) => key !== '__proto__');
  return Object.fromEntries(entries.map(([key, inner]) => [key, asJson(inner)]));
}

/** Each `key: value` by itself, so that one broken entry costs no other. Null when there is none. */
function readLoosely(lines: readonly string[]): Record<string, unknown> | null {
  const entries: { key: string; lines: string[] }[] = [];
  for (const line of lines) {
    const key = /^([A-Za-z_][\w.-]*)[ \t]*:(?:[ \t]|$)/.exec(line)?.[1];
    if (key !== undefined && key !== '__proto__') entries.push({ key, lines: [line] });
    else entries.at(-1)?.lines.push(line);
  }
  if (entries.length === 0) return null;
  return Object.fromEntries(entries.map((entry) => [entry.key, looseValue(entry.key, entry.lines)]));
}

function looseValue(key: string, [line = '', ...more]: readonly string[]): unknown {
  const read = readYaml([line, ...more].join('\n'));
  if (read.problem === null && read.value !== null && Object.hasOwn(read.value, key)) return read.value[key];

  const start = line.slice(line.indexOf(':') + 1).trim();
  const rest = more.map((text) => text.trim()).filter((text) => text !== '' && !text.startsWith('#'));
  if (start === '' && rest.length > 0 && rest.every((text) => text.startsWith('- ')))
    return rest.map((text) => unquoted(text.slice(2)));
  const whole = [start.replace(/^[|>][+-]?$/, ''), ...rest].join(' ').trim();
  if (whole.startsWith('[') && whole.endsWith(']'))
    return whole
      .slice(1, -1)
      .split(',')
      .map(unquoted)
      .filter((item) => item !== '');
  return unquoted(whole);
}

function unquoted(text: string): string {
  const trimmed = text.trim();
  const quote = trimmed[0];
  const quoted = trimmed.length > 1 && (quote === '"' || quote === "'") && trimmed.endsWith(quote);
  return quoted ? trimmed.slice(1, -1) : trimmed;
}
