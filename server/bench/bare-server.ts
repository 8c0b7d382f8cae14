/** The floor for memory: the driver with a file open, the protocol library, and one tool. */
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import Database from 'better-sqlite3';
import * as z from 'zod';

const db = new Database(process.argv[2], { timeout: 5000 });

serveStdio(() => {
  const server = new McpServer({ name: 'bare', version: '0.0.0' }, { capabilities: { tools: {} } });
  server.registerTool('plan', { description: 'A plan.', inputSchema: z.object({ id: z.string() }) }, ({ id }) => ({
    content: [{ type: 'text', text: JSON.stringify(db.prepare('SELECT * FROM plans WHERE id = ?').get(id) ?? null) }],
  }));
  return server;
});
