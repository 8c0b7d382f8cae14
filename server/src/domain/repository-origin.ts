/** Where a git repository was cloned from, as one spelling of its address. */
import { isAbsolutePath, normaliseWorkspacePath } from './workspace-path.ts';

/** `git@host:owner/name.git`, and what it looks like where no user is named. A drive letter is no host. */
const SCP_LIKE = /^(?:[^@/\s]+@)?([^:@/\\\s]{2,}):(?!\/\/)(.+)$/;

/**
 * One spelling for all addresses of a repository: `github.com/owner/name` whatever protocol, user, port or suffix they name,
 * so that no password gets in; the path of a repository on this machine. Case is folded except in paths: two addresses that
 * differ in it only lead to a question. Null for what names no place by itself, such as `../other`.
 */
export function originKey(address: string): string | null {
  const text = address.trim();
  if (/^file:/i.test(text) || isAbsolutePath(text)) {
    const path = normaliseWorkspacePath(text);
    return isAbsolutePath(path) ? path.replace(/\/\.git$/, '') : null;
  }
  const [host, path] = URL.canParse(text) ? partsOf(new URL(text)) : (SCP_LIKE.exec(text)?.slice(1) ?? []);
  const name = path
    ?.replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/i, '')
    .toLowerCase();
  return host && name ? `${host.toLowerCase()}/${name}` : null;
}

/** `host:path` without a user parses as an address of the protocol `host:`. */
function partsOf(url: URL): [host: string, path: string] {
  return url.hostname === '' ? [url.protocol.slice(0, -1), url.pathname] : [url.hostname, url.pathname];
}
