/** The bounds of the HTTP server: how many connections, how long one may take to say what it wants, how often it may ask. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Rate } from './token-bucket.ts';

/** A long Markdown plan fits; more is refused with 413. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** What almost every call fits into; so many bytes on every connection are no burden. */
export const SMALL_BODY_BYTES = 64 * 1024;

/** Larger bodies, and those that do not say how long they are, that are held in memory at once. */
export const MAX_LARGE_BODIES = 16;

/** Connections that are served. Agents hold one or two each, so this is room for hundreds. */
const MAX_CONNECTIONS = 1_024;

/**
 * For whoever has the token: a thousand agents that start at once are let in, and one that asks again as soon as it has its
 * answer (about 600 calls a second, measured on one of two cores) never waits. Many that run wild together do: the server
 * answers 1,000 to 1,400 calls a second there.
 */
export const CLIENT_RATE: Rate = { burst: 2_000, perSecond: 1_000 };

/** For everybody else: enough for a page that is looked at and a client with an old token, not for one that guesses. */
export const STRANGER_RATE: Rate = { burst: 50, perSecond: 5 };

/** Slow senders are cut off: the head of a request must come within 10 seconds, all of it within 30. Looked at each second. */
export const SERVER_OPTIONS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 5_000,
} as const;

/** A connection on which nothing has moved for so long is closed: somebody asks and does not read the answer. */
const SILENCE_MS = 600_000;

/**
 * Counts the connections of a server. One above the bound may send a request, so that it can be told; beyond twice the
 * bound it is closed at once. Who is connected already goes on being served.
 */
export class Connections {
  #open = 0;
  readonly #surplus = new WeakSet<Socket>();

  watch(server: Server): void {
    server.maxConnections = 2 * MAX_CONNECTIONS;
    server.timeout = SILENCE_MS;
    server.on('connection', (socket) => {
      this.#open += 1;
      if (this.#open > MAX_CONNECTIONS) this.#surplus.add(socket);
      socket.once('close', () => {
        this.#open -= 1;
      });
    });
  }

  /** Whether this connection came when there were enough. */
  isSurplus(socket: Socket): boolean {
    return this.#surplus.has(socket);
  }
}
