/** What the conformance suite calls by name because it asks its caller for something before it answers. */
import {
  createRequestStateCodec,
  type ElicitRequestFormParams,
  type InputRequests,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { text } from './fixture-content.ts';

/** State that travels through the client is signed: what was tampered with is refused before a tool sees it. */
export const state = createRequestStateCodec<{ round: number }>({ key: 'thirty-two bytes that nobody knows' });

type Fields = ElicitRequestFormParams['requestedSchema']['properties'];

function form(message: string, properties: Fields) {
  const requestedSchema = { type: 'object' as const, properties, required: Object.keys(properties) };
  return inputRequired.elicit({ message, requestedSchema });
}

function sample(words: string) {
  return inputRequired.createMessage({ messages: [{ role: 'user', content: text(words) }], maxTokens: 50 });
}

const name = form('Who are you?', { name: { type: 'string' } });
const ok = form('Is that right?', { ok: { type: 'boolean' } });
const client_roots = inputRequired.listRoots();

const DEFAULTS: Fields = {
  name: { type: 'string', default: 'John Doe' },
  age: { type: 'integer', default: 30 },
  score: { type: 'number', default: 95.5 },
  status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', default: true },
};

const titled = [
  { const: 'value1', title: 'One' },
  { const: 'value2', title: 'Two' },
];
const CHOICES: Fields = {
  untitledSingle: { type: 'string', enum: ['option1', 'option2'] },
  titledSingle: { type: 'string', oneOf: titled },
  legacyEnum: { type: 'string', enum: ['opt1', 'opt2'], enumNames: ['One', 'Two'] },
  untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2'] } },
  titledMulti: { type: 'array', items: { anyOf: titled } },
};

/** Tool → what it asks for at once; it is done when all of it has come. */
const QUESTIONS: Record<string, InputRequests> = {
  test_elicitation: { who: form('Who are you?', { username: { type: 'string' }, email: { type: 'string' } }) },
  test_elicitation_sep1034_defaults: { defaults: form('Is that right?', DEFAULTS) },
  test_elicitation_sep1330_enums: { choices: form('What will it be?', CHOICES) },
  test_sampling: { answer: sample('What is the answer?') },
  test_missing_capability: { answer: sample('What is the answer?') },
  test_streaming_elicitation: { ok },
  test_input_required_result_elicitation: { user_name: name },
  test_input_required_result_sampling: { capital_question: sample('What is the capital of France?') },
  test_input_required_result_list_roots: { client_roots },
};

/** The same, with state that has to come back. */
const QUESTIONS_WITH_STATE: Record<string, InputRequests> = {
  test_input_required_result_request_state: { confirm: ok },
  test_input_required_result_tampered_state: { confirm: ok },
  test_input_required_result_multiple_inputs: { user_name: name, greeting: sample('Greet somebody.'), client_roots },
};

export function registerQuestions(server: McpServer): void {
  for (const [tool, inputRequests] of Object.entries(QUESTIONS)) {
    server.registerTool(tool, { description: 'Asks its caller.' }, (context) =>
      hasAll(context, inputRequests) ? DONE : inputRequired({ inputRequests }),
    );
  }
  for (const [tool, inputRequests] of Object.entries(QUESTIONS_WITH_STATE)) {
    server.registerTool(tool, { description: 'Asks its caller, and wants its state back.' }, async (context) =>
      hasAll(context, inputRequests) && roundOf(context) === 1
        ? DONE
        : inputRequired({ inputRequests, requestState: await state.mint({ round: 1 }) }),
    );
  }
  server.registerTool('test_input_required_result_multi_round', { description: 'Asks twice.' }, async (context) => {
    const round = roundOf(context) ?? 0;
    if (round === 2 && hasAll(context, { step2: ok })) return DONE;
    const next = round >= 1 && hasAll(context, { step1: name }) ? 2 : 1;
    const inputRequests: InputRequests = next === 1 ? { step1: name } : { step2: ok };
    return inputRequired({ inputRequests, requestState: await state.mint({ round: next }) });
  });
  server.registerTool('test_input_required_result_capabilities', { description: 'Asks for what it may.' }, () => {
    const declared = server.server.getClientCapabilities() ?? {};
    const inputRequests: InputRequests = {
      ...('elicitation' in declared ? { user_name: name } : {}),
      ...('sampling' in declared ? { greeting: sample('Greet somebody.') } : {}),
    };
    return inputRequired({ inputRequests });
  });
  server.registerPrompt('test_input_required_result_prompt', { description: 'Asks its caller.' }, (context) => {
    const inputRequests = { user_context: form('What is it about?', { context: { type: 'string' } }) };
    if (!hasAll(context, inputRequests)) return inputRequired({ inputRequests });
    return { messages: [{ role: 'user', content: text('Thank you.') }] };
  });
}

const DONE = { content: [text('Thank you.')] };

function hasAll({ mcpReq }: ServerContext, inputRequests: InputRequests): boolean {
  return Object.keys(inputRequests).every((key) => inputResponse(mcpReq.inputResponses, key).kind !== 'missing');
}

function roundOf({ mcpReq }: ServerContext): number | undefined {
  return mcpReq.requestState<{ round: number }>()?.round;
}
