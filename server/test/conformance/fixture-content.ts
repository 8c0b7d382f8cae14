/** Content of every kind, as small as it can be. */

/** One grey point. */
export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg==';
/** A millisecond of sound. */
const WAV = 'UklGRiwAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQgAAACAoIBggKCAYA==';

export const image = { type: 'image' as const, data: PNG, mimeType: 'image/png' };
export const sound = { type: 'audio' as const, data: WAV, mimeType: 'audio/wav' };

export function text(words: string) {
  return { type: 'text' as const, text: words };
}

export function embedded(uri: string) {
  return { type: 'resource' as const, resource: { uri, mimeType: 'text/plain', text: 'A resource in an answer.' } };
}
