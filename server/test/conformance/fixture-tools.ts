/** Tools that the conformance suite calls by name: every kind of content, an error, progress and log messages. */
import type { CallToolResult, McpServer, ServerContext } from '@modelcontextprotocol/server';
import { embedded, image, sound, text } from './fixture-content.ts';

type Content = CallToolResult['content'];

const CONTENTS: Record<string, Content> = {
  test_simple_text: [text('A few words.')],
  test_image_content: [image],
  test_audio_content: [sound],
  test_embedded_resource: [embedded('test://embedded-resource')],
  test_multiple_content_types: [text('Words, a picture and a resource:'), image, embedded('test://mixed')],
};

export function registerTools(server: McpServer): void {
  for (const [name, content] of Object.entries(CONTENTS)) {
    server.registerTool(name, { description: `Answers with ${name}.` }, () => ({ content }));
  }
  server.registerTool('test_error_handling', { description: 'Always fails.' }, () => {
    throw new Error('It fails, as it should.');
  });
  server.registerTool(
    'test_tool_with_progress',
    { description: 'Says three times how far it is.' },
    async (context) => {
      for (const progress of [0, 50, 100]) await tellProgress(context, progress);
      return { content: [text('All of it is done.')] };
    },
  );
  server.registerTool('test_tool_with_logging', { description: 'Logs three messages.' }, async (context) => {
    for (const step of ['begun', 'half way', 'finished']) await context.mcpReq.log('info', step);
    return { content: [text('Three messages were logged.')] };
  });
  server.registerTool('test_logging_tool', { description: 'Logs one message.' }, async (context) => {
    await context.mcpReq.log('info', 'for whom asked for it');
    return { content: [text('A message was logged.')] };
  });
}

async function tellProgress({ mcpReq }: ServerContext, progress: number): Promise<void> {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return;
  await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
}
