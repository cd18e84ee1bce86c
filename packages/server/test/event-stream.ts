import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { type RunEvent, RunEventSchema } from '@fedops/shared-types';
import { until } from './federation.js';

/** An open stream of events, as it comes in. */
export interface EventStream {
  readonly response: IncomingMessage;
  /** All that came. */
  text(): string;
  events(): RunEvent[];
  /** Resolves once an event of the kind is there. */
  has(kind: RunEvent['kind']): Promise<void>;
  ended(): boolean;
  close(): void;
}

/** Asks for the events of a run; resolves when the answer begins. */
export function openEvents(url: string, path = '/v1/run/events', headers: Record<string, string> = {}) {
  return new Promise<EventStream>((resolve, reject) => {
    const outgoing: ClientRequest = request(new URL(path, url), { agent: false, headers }, (response) => {
      let text = '';
      let isOver = false;
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', () => {});
      response.on('close', () => {
        isOver = true;
      });
      const stream: EventStream = {
        response,
        text: () => text,
        events: () => eventsIn(text),
        has: (kind) => until(() => stream.events().some((event) => event.kind === kind)),
        ended: () => isOver,
        close: () => outgoing.destroy(),
      };
      resolve(stream);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

const MESSAGE = /^id: (\S+)\nevent: (\S+)\ndata: (.+)$/;

function eventsIn(text: string): RunEvent[] {
  const whole = text.slice(0, text.lastIndexOf('\n\n') + 1);
  const messages = whole.split('\n\n').filter((message) => message !== '' && !message.startsWith(':'));
  return messages
    .map((message) => MESSAGE.exec(message.trim()))
    .map((match) => {
      const event = RunEventSchema.parse(JSON.parse(match?.[3] ?? 'null'));
      if (event.id !== match?.[1] || event.kind !== match[2])
        throw new Error(`${match?.[0]} is inconsistent`);
      return event;
    });
}
