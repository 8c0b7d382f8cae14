/** A call as the command line that makes it. */

/** `project-memory steps next --plan-id plan_… --notes 'All green'`, ready to be pasted into a shell. */
export function commandLineOf(tool: string, call: { action: string }): string {
  return commandLine(`${nounOf(tool)} ${hyphened(call.action)}`, call);
}

/** The same for a command of another name. */
export function commandLine(path: string, call: object): string {
  return ['project-memory', path, ...flagWords(call).map(inShell)].join(' ');
}

/** A sentence that names calls of the tools, with the commands that make them in their stead. */
export function inCommands(sentence: string): string {
  return sentence
    .replace(/\b(memory_\w+) (\{"action":[^{}]*\})/g, (_, tool: string, call: string) => {
      return commandLineOf(tool, JSON.parse(call) as { action: string });
    })
    .replace(/\bmemory_(\w+) (\w+)/g, (_, noun: string, verb: string) => `project-memory ${noun} ${hyphened(verb)}`)
    .replace(/\b([a-z]+(?:_[a-z]+)*): (true|false)\b/g, (_, name: string, value: string) => {
      return `--${hyphened(name)}${value === 'true' ? '' : ' no'}`;
    });
}

/** The parameters of a call as the words of its command, such as `['--plan-id', 'plan_…']`. */
export function flagWords(call: object): string[] {
  const { action: _, ...params } = call as Readonly<Record<string, unknown>>;
  return Object.entries(params).flatMap(([name, value]) => [`--${hyphened(name)}`, ...wordsOf(value)]);
}

/** `memory_steps` is `steps` on the command line. */
export function nounOf(tool: string): string {
  return tool.replace('memory_', '');
}

/** `add_note` is `add-note` on the command line. */
export function hyphened(name: string): string {
  return name.replaceAll('_', '-');
}

function wordsOf(value: unknown): string[] {
  if (value === true) return [];
  if (value === false) return ['no'];
  if (isPlainWords(value)) return value;
  return [typeof value === 'object' ? JSON.stringify(value) : String(value)];
}

/** Words that cannot be taken for a flag or for JSON. */
function isPlainWords(value: unknown): value is string[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === 'string' && /^[^-[]/.test(word))
  );
}

/** Single quotes keep everything as it is, in every shell that we complete for. */
function inShell(word: string): string {
  return /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
