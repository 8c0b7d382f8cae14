/** What `serve` prints: where it listens, and the lines to paste into the configuration of an MCP client. */

export interface ServerFacts {
  url: string;
  dataRoot: string;
  token: string;
  tokenFile: string;
  /** Whether a person is looking; a log must never hold the token. */
  terminal: boolean;
}

export function clientSettings({ url, dataRoot, token, tokenFile, terminal }: ServerFacts): string {
  const launcher = process.argv[1] ?? 'project-memory';
  const stdio = {
    mcpServers: {
      'project-memory': { command: process.execPath, args: [launcher, 'mcp', '--data-root', dataRoot] },
    },
  };
  const http = {
    mcpServers: {
      'project-memory': {
        type: 'http',
        url: `${url}/mcp`,
        headers: { Authorization: `Bearer ${terminal ? token : '<token>'}` },
      },
    },
  };
  const note = terminal ? '' : `  <token> is the content of ${tokenFile}\n`;
  return `Project Memory listens on ${url}
Database: ${dataRoot}

For an MCP client that starts the server itself (stdio):
${indented(stdio)}

For an MCP client that connects (HTTP):
${indented(http)}
${note}
Stop with Ctrl-C.
`;
}

function indented(value: object): string {
  return JSON.stringify(value, null, 2).replace(/^/gm, '  ');
}
