import type { DemoEvent, DemoState } from '../federation/demo-state.js';
import { roundLines } from './round-line.js';

/** Lines that stay on the screen after an event; `before` is what was known until then. */
export function eventLines(event: DemoEvent, before: DemoState): readonly string[] {
  switch (event.kind) {
    case 'run-began':
      return [
        event.baseVersion === 0
          ? 'no version is published yet: the run begins with random weights and makes V1'
          : `the run begins with V${event.baseVersion} and makes V${event.baseVersion + 1}`,
      ];
    case 'round-ended':
      return roundLines(event.record);
    case 'client-lost':
      return [`${event.clientId} is lost: ${event.how}`];
    case 'client-back':
      return [`${event.clientId} is back`];
    case 'devices':
      return event.devices.flatMap(({ clientId, calls }) =>
        calls.start > (before.devices.get(clientId)?.calls.start ?? 0)
          ? [`${clientId} was online and is started`]
          : [],
      );
    case 'run-state':
    case 'outcome':
      return [];
  }
}
