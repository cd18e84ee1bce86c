import { FedOpsError, parseWith, type RunEvent, RunEventSchema } from '@fedops/shared-types';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { MAX_CHARACTERS, textOf } from './body-text.js';

/** What a stream brings: events, and now and then a sign of life. */
export type StreamItem =
  | { readonly kind: 'event'; readonly event: RunEvent }
  /** An event of a kind that a newer server knows; or, without an id, that the server is still there. */
  | { readonly kind: 'other'; readonly id?: string };

const KNOWN_KINDS: ReadonlySet<string> = new Set(RunEventSchema.options.map(({ shape }) => shape.kind.value));

/**
 * What comes through an answer of `GET /v1/run/events`, until it ends.
 *
 * @throws {FedOpsError} `bad-response` for what is no stream of events, or for an event that is not what its name says.
 */
export async function* itemsOf(answer: Response): AsyncGenerator<StreamItem> {
  const type = answer.headers.get('Content-Type') ?? 'nothing';
  if (!type.startsWith('text/event-stream')) {
    await answer.body?.cancel();
    throw new FedOpsError('bad-response', `expected a text/event-stream, got ${type.slice(0, 100)}`);
  }
  let items: StreamItem[] = [];
  let isTooLong = false;
  const parser = createParser({
    maxBufferSize: MAX_CHARACTERS,
    onEvent: (message) => void items.push(itemOf(message)),
    onComment: () => void items.push({ kind: 'other' }),
    onError: ({ type }) => {
      isTooLong ||= type === 'max-buffer-size-exceeded';
    },
  });
  for await (const text of textOf(answer)) {
    parser.feed(text);
    if (isTooLong)
      throw new FedOpsError('bad-response', `expected events of at most ${MAX_CHARACTERS} characters`);
    const came = items;
    items = [];
    yield* came;
  }
}

function itemOf({ event = '', id, data }: EventSourceMessage): StreamItem {
  if (!KNOWN_KINDS.has(event)) return { kind: 'other', ...(id !== undefined && { id }) };
  const read = parseWith(RunEventSchema, jsonOf(data, event), `event ${event}`, 'bad-response');
  if (read.kind !== event)
    throw new FedOpsError('bad-response', `expected an event ${event}, got ${read.kind}`);
  return { kind: 'event', event: read };
}

function jsonOf(data: string, event: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new FedOpsError('bad-response', `event ${event}: expected JSON`, { cause });
  }
}
