/** The page at `/`: version and health, nothing else, since nobody has shown a token. */

export function statusPage(version: string, healthy: boolean): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Project Memory</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; color-scheme: light dark; }
  dt { font-weight: 600; } dd { margin: 0 0 0.5rem; }
</style>
</head>
<body>
<h1>Project Memory</h1>
<dl>
<dt>Health</dt><dd>${healthy ? 'ok' : 'the database does not answer'}</dd>
<dt>Version</dt><dd>${version}</dd>
</dl>
<p>MCP clients connect to <code>/mcp</code> with the token that the server wrote when it started.</p>
</body>
</html>
`;
}
