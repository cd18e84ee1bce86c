import { NO_CALLS } from '../calls/call-counts.js';
import type { DemoEvent, DemoState } from '../federation/demo-state.js';
import { deviceLines } from './device-lines.js';
import { roundLines } from './round-line.js';

/** Lines that stay on the screen after an event; `before` is what was known until then. */
export function eventLines(event: DemoEvent, before: DemoState): readonly string[] {
  switch (event.kind) {
    case 'run-began': {
      const { runId, baseVersion } = event;
      return [
        baseVersion === 0
          ? `run ${runId} begins with random weights, since no version is published yet, and makes V1`
          : `run ${runId} begins with V${baseVersion} and makes V${baseVersion + 1}`,
      ];
    }
    case 'round-ended':
      return roundLines(event.record);
    case 'run-published':
      return [`run ${event.runId} has published V${event.published.version}`];
    case 'parts':
      return event.parts
        .filter(({ state }) => state === 'train-failed')
        .map(
          ({ clientId, reason }) =>
            `  ${clientId}'s part of it failed: ${reason?.message ?? 'no reason given'}`,
        );
    case 'client-joined':
      return [`${event.joined.clientId} joins late, for the next round`];
    case 'client-killed': {
      const { clientId, round } = event.killed;
      return [`${clientId} trains in round ${round}; the demo kills its process now, to see what happens`];
    }
    case 'client-lost':
      return [`${event.clientId} is lost: ${event.how}`];
    case 'client-back':
      return [`${event.clientId} is back`];
    case 'calls': {
      const { start } = before.calls.get(event.clientId) ?? NO_CALLS;
      const isFirst = start === 0;
      return event.calls.start === 0
        ? []
        : [`${event.clientId} is started by its manager${isFirst ? '' : ' again'}`];
    }
    case 'device':
      return deviceLines(event.clientId, event.device, before.devices.get(event.clientId));
    case 'client-came':
    case 'run-state':
    case 'session':
      return [];
  }
}
