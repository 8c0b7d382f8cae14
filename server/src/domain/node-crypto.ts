/** Node's crypto, loaded when it is first used: a start of the server, which needs none of it, takes 4 ms less without. */
import type * as NodeCrypto from 'node:crypto';

export function nodeCrypto(): typeof NodeCrypto {
  return process.getBuiltinModule('node:crypto');
}

/** In hexadecimal digits. */
export function sha256(text: string): string {
  return nodeCrypto().hash('sha256', text, 'hex');
}
