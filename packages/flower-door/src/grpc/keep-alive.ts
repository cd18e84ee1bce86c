import type { ServerHttp2Session } from 'node:http2';

/** A connection over which nothing answers for so long is dead: a client's machine may vanish without a word. */
const PING_EVERY_MS = 60_000;
const ANSWER_WITHIN_MS = 60_000;

/** Pings the other side from time to time, and ends a connection that does not answer. */
export function keepAlive(session: ServerHttp2Session): void {
  let patience: NodeJS.Timeout | undefined;
  const pings = setInterval(ping, PING_EVERY_MS).unref();

  function ping(): void {
    if (session.destroyed) return;
    patience ??= setTimeout(() => session.destroy(), ANSWER_WITHIN_MS).unref();
    session.ping((error) => {
      if (error !== null) return;
      clearTimeout(patience);
      patience = undefined;
    });
  }

  session.once('close', () => {
    clearInterval(pings);
    clearTimeout(patience);
  });
}
