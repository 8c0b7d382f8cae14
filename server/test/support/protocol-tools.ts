/** The conformance suite and Inspector: big, so they are installed when the first test asks for them. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const INSTALL = fileURLToPath(new URL('../../../scripts/conformance/install.mjs', import.meta.url));

/** How long that may take, on a slow line. */
export const INSTALLING_MS = 600_000;

/** The folder in which both are installed. */
export function protocolTools(): string {
  return execFileSync(process.execPath, [INSTALL], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}
