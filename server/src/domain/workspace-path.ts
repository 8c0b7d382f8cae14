/**
 * Paths of workspaces as plain text: a Windows path means the same on every host, and no disk is asked.
 * Windows-style is what begins with a drive letter or with `\\server\share`, also written `//server/share`.
 */

interface Place {
  /** `/`, `C:/`, `//server/share/`; empty for a relative path. */
  root: string;
  segments: string[];
  windows: boolean;
}

/**
 * One spelling of a path: forward slashes, none twice and none at the end (but for `/` and `C:/`), no `.` and `..`, the
 * drive letter a capital. Takes file:// addresses and `\\?\` paths too. `..` stops at the root; a relative path stays so.
 */
export function normaliseWorkspacePath(path: string): string {
  const { root, segments } = placeOf(path);
  if (root.startsWith('//') && segments.length === 0) return root.slice(0, -1);
  const normal = root + segments.join('/');
  // What is left can begin with a drive letter: `x/../C:/y`.
  return normal === path ? normal : normaliseWorkspacePath(normal);
}

/** Whether a path says by itself which place it means, on whatever host. */
export function isAbsolutePath(path: string): boolean {
  return placeOf(path).root !== '';
}

/** Two paths with the same key are the same place. Only Windows-style paths fold case. */
export function workspacePathKey(path: string): string {
  const normal = normaliseWorkspacePath(normaliseWorkspacePath(path).normalize('NFC'));
  return placeOf(normal).windows ? normal.toLowerCase().normalize('NFC') : normal;
}

/** The last segment; of a root, the root itself. */
export function displayNameOfPath(path: string): string {
  const normal = normaliseWorkspacePath(path);
  return normal.endsWith('/') ? normal : normal.slice(normal.lastIndexOf('/') + 1);
}

/** The directory around this one; null for a root and for a relative path of one segment. */
export function parentPath(path: string): string | null {
  const { root, segments } = placeOf(normaliseWorkspacePath(path));
  if (segments.length === 0) return null;
  const parent = root + segments.slice(0, -1).join('/');
  return parent === '' ? null : normaliseWorkspacePath(parent);
}

/** Whether `path` lies below `parentPath`. No path is inside itself. */
export function isInside(parentPath: string, path: string): boolean {
  const parent = workspacePathKey(parentPath);
  const key = workspacePathKey(path);
  return parent !== '' && key !== parent && key.startsWith(parent.endsWith('/') ? parent : `${parent}/`);
}

function placeOf(path: string): Place {
  const text = withoutPrefix(path);
  const drive = /^\/?([A-Za-z]):(?=[\\/]|$)/.exec(text);
  if (drive !== null) {
    const [start, letter = ''] = drive;
    return {
      root: `${letter.toUpperCase()}:/`,
      segments: segmentsOf(text.slice(start.length), /[\\/]/, true),
      windows: true,
    };
  }
  const share = /^(?:\\\\|\/\/)(?!\.)([^\\/]+)[\\/]+(?!\.{1,2}(?:[\\/]|$))([^\\/]+)/.exec(text);
  if (share !== null) {
    const [start, server, name] = share;
    return {
      root: `//${server}/${name}/`,
      segments: segmentsOf(text.slice(start.length), /[\\/]/, true),
      windows: true,
    };
  }
  // In a POSIX path a backslash is a letter like any other.
  if (text.startsWith('/')) return { root: '/', segments: segmentsOf(text, '/', true), windows: false };
  return { root: '', segments: segmentsOf(text, /[\\/]/, false), windows: false };
}

/** A file:// address as the path it names, a `\\?\` path as the path it means. */
function withoutPrefix(path: string): string {
  const scheme = /^file:(?:\/\/(?:localhost(?=\/))?|(?=\/))/i.exec(path)?.[0];
  if (scheme !== undefined) {
    const rest = decoded(path.slice(scheme.length));
    return rest.startsWith('/') ? rest : `//${rest}`;
  }
  const long = /^[\\/]{2}\?[\\/](UNC[\\/])?/i.exec(path);
  if (long === null) return path;
  return (long[1] === undefined ? '' : '//') + path.slice(long[0].length);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function segmentsOf(text: string, separator: RegExp | string, absolute: boolean): string[] {
  const segments: string[] = [];
  for (const segment of text.split(separator)) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.length > 0 && segments.at(-1) !== '..') segments.pop();
    else if (!absolute) segments.push('..');
  }
  return segments;
}
