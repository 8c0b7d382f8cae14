/** Prompts and resources that the conformance suite asks for by name. */
import { completable, type McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { embedded, image, PNG, text } from './fixture-content.ts';

export function registerPrompts(server: McpServer): void {
  const fromUser = (...contents: (ReturnType<typeof text | typeof embedded> | typeof image)[]) => ({
    messages: contents.map((content) => ({ role: 'user' as const, content })),
  });
  server.registerPrompt('test_simple_prompt', { description: 'Asks for nothing.' }, () => fromUser(text('Hello.')));
  const arg1 = completable(z.string(), (typed) => ['paint', 'paper'].filter((word) => word.startsWith(typed)));
  server.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'Says what it was given.', argsSchema: z.object({ arg1, arg2: z.string() }) },
    (args) => fromUser(text(`${args.arg1} and ${args.arg2}`)),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'Brings a resource along.', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) => fromUser(embedded(resourceUri), text('What does it say?')),
  );
  server.registerPrompt('test_prompt_with_image', { description: 'Brings a picture along.' }, () =>
    fromUser(image, text('What does it show?')),
  );
}

export function registerResources(server: McpServer): void {
  const plain = { description: 'A text that never changes.', mimeType: 'text/plain' };
  server.registerResource('static-text', 'test://static-text', plain, ({ href: uri }) => ({
    contents: [{ uri, mimeType: 'text/plain', text: 'It never changes.' }],
  }));
  const picture = { description: 'A picture that never changes.', mimeType: 'image/png' };
  server.registerResource('static-binary', 'test://static-binary', picture, ({ href: uri }) => ({
    contents: [{ uri, mimeType: 'image/png', blob: PNG }],
  }));
  const template = new ResourceTemplate('test://template/{id}/data', { list: undefined });
  server.registerResource('template', template, { description: 'Says its id.' }, ({ href: uri }, { id }) => ({
    contents: [{ uri, mimeType: 'application/json', text: JSON.stringify({ id }) }],
  }));
  // Of 2025; the later revision has no such methods, and the suite sees to that as well.
  server.server.registerCapabilities({ resources: { subscribe: true }, logging: {} });
  server.server.setRequestHandler('resources/subscribe', () => ({}));
  server.server.setRequestHandler('resources/unsubscribe', () => ({}));
}
