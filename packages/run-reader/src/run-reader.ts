import { FedOpsError, parseWith, type RunEvent, type RunView, RunViewSchema } from '@fedops/shared-types';
import { type Clock, systemClock } from './clock.js';
import { isAfter } from './event-order.js';
import { addressOf } from './http/address.js';
import { jsonOf } from './http/body-text.js';
import { itemsOf } from './http/event-messages.js';
import { errorOfNetwork, type Fetch, fetchAnswer } from './http/fetch-answer.js';
import { patience, pause } from './http/within.js';
import { isPassing, retryDelayMs } from './retry.js';

/** Which FL server a reader reads, and by what; the machine's own `fetch` and clock by default. */
export interface RunReaderSettings {
  /** Where the FL server is: `http://127.0.0.1:8080`, with a path where a proxy puts it under one. */
  readonly baseUrl: string;
  /** The enrolment token, where the server has one. */
  readonly token?: string;
  readonly fetch?: Fetch;
  readonly clock?: Clock;
}

/** Reads where a run stands, and what happens to it. */
export interface RunReader {
  /**
   * Where the run stands.
   *
   * @throws {FedOpsError} `unauthenticated`, `unavailable`, `deadline-exceeded` after 30 s of silence, `bad-response`
   *   for what is no view, `aborted`.
   */
  view(options?: { readonly signal?: AbortSignal }): Promise<RunView>;
  /**
   * What happens to the run, each event once: begins with `reset`, which holds the whole view, or after the event
   * `after` where the server remembers it. A connection that breaks is made again; what happened meanwhile comes
   * then, or a `reset` where that is too much.
   *
   * @param options.after The id of an event, or `BEFORE_THE_FIRST_EVENT`.
   * @throws {FedOpsError} as `view` does, while iterating: at once where no stream comes about, and after ten minutes
   *   of vain attempts where one broke; `bad-response` and what the server refuses at any time.
   */
  events(options?: {
    readonly after?: string;
    readonly signal?: AbortSignal;
  }): AsyncIterableIterator<RunEvent>;
}

/** A view of ten thousand clients takes a while. */
const VIEW_TIMEOUT_MS = 30_000;
/** Three keep-alives of the server: docs/protocol.md, 1.8. */
const SILENCE_MS = 45_000;
const GIVE_UP_AFTER_MS = 10 * 60_000;

/** @throws {FedOpsError} `invalid-argument` for a base URL that is none. */
export function createRunReader({
  baseUrl,
  token,
  fetch = (url, init) => globalThis.fetch(url, init),
  clock = systemClock,
}: RunReaderSettings): RunReader {
  const viewUrl = addressOf(baseUrl, '/v1/run');
  const eventsUrl = addressOf(baseUrl, '/v1/run/events');
  const credentials = token === undefined ? {} : { Authorization: `Bearer ${token}` };

  /** The events of one connection, for as long as it lasts. `last` moves on with them. */
  async function* connection(
    last: { id: string | undefined },
    signal: AbortSignal | undefined,
    { begun, heard }: { readonly begun: () => void; readonly heard: () => void },
  ): AsyncGenerator<RunEvent> {
    const silence = patience(clock, SILENCE_MS, signal);
    try {
      const after = last.id === undefined ? '' : `?after=${encodeURIComponent(last.id)}`;
      const headers = { ...credentials, Accept: 'text/event-stream' };
      const answer = await fetchAnswer(fetch, `${eventsUrl}${after}`, { headers, signal: silence.signal });
      begun();
      for await (const item of itemsOf(answer)) {
        silence.renew();
        heard();
        if (item.kind === 'other') {
          last.id = item.id ?? last.id;
          continue;
        }
        const { event } = item;
        if (!isAfter(event, last.id)) continue;
        last.id = event.id;
        yield event;
      }
      throw new FedOpsError('unavailable', 'the FL server ended the stream of events');
    } catch (error) {
      throw errorOfNetwork(error, silence.signal);
    } finally {
      silence.end();
    }
  }

  return {
    async view({ signal } = {}) {
      const limit = patience(clock, VIEW_TIMEOUT_MS, signal);
      try {
        const headers = { ...credentials, Accept: 'application/json' };
        const answer = await fetchAnswer(fetch, viewUrl, { headers, signal: limit.signal });
        return parseWith(RunViewSchema, await jsonOf(answer), 'view of the run', 'bad-response');
      } catch (error) {
        throw errorOfNetwork(error, limit.signal);
      } finally {
        limit.end();
      }
    },

    async *events({ after, signal } = {}) {
      const last = { id: after };
      let failures = 0;
      let waitedMs = 0;
      let hasBegun = false;
      const listeners = {
        begun: () => {
          hasBegun = true;
        },
        heard: () => {
          failures = 0;
          waitedMs = 0;
        },
      };
      for (;;) {
        try {
          yield* connection(last, signal, listeners);
        } catch (cause) {
          const error = FedOpsError.from(cause);
          if (!hasBegun || !isPassing(error) || waitedMs >= GIVE_UP_AFTER_MS) throw error;
          const delayMs = retryDelayMs(error, ++failures, Math.random());
          waitedMs += delayMs;
          await pause(clock, delayMs, signal);
        }
      }
    },
  };
}
