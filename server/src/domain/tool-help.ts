/** Help on a tool, an action, a parameter: one text for whoever asks, a model through a tool or a person on the command line. */

interface Action {
  /** `next(plan_id, agent_type, notes?)` */
  signature: string;
  description: string;
}

interface Param {
  name: string;
  enum_values: readonly string[] | null;
  default_value?: unknown;
  description: string | null;
}

/** What the tool is for, and a line for each action. */
export function toolHelp(description: string, actions: readonly Action[]): string {
  return [description, ...actions.map((action) => `${action.signature} – ${action.description}`)].join('\n');
}

/** Signature and meaning. */
export function actionHead(tool: string, { signature, description }: Action): string {
  return `${tool} ${signature}\n${description}`;
}

const HELP_LIMIT = 500;
/** A longer example would leave no room for the rest, and a cut one would be none. */
const EXAMPLE_LIMIT = 350;

/** Signature, meaning, closed sets and an example; what does not fit into the limit is left out from the middle. */
export function actionHelp(tool: string, action: Action & { example: object }, params: readonly Param[]): string {
  const example = JSON.stringify(action.example);
  const last = example.length > EXAMPLE_LIMIT ? '' : `\nExample: ${example}`;
  const room = HELP_LIMIT - last.length;
  const first = actionHead(tool, action);
  let text = first.length <= room ? first : `${first.slice(0, room - 1)}…`;
  for (const param of params) {
    const about = paramHelp(param);
    const line = `\n${param.name}: ${about}`;
    if (about !== '' && text.length + line.length <= room) text += line;
  }
  return text + last;
}

/** The words that a parameter takes, its meaning, its default; empty where its name says all. */
export function paramHelp({ enum_values, description, default_value }: Param): string {
  const standard = default_value === undefined ? null : `default ${JSON.stringify(default_value)}`;
  return [enum_values?.join(' | '), description, standard].filter((part) => part != null).join('; ');
}
