import type { DemoState } from '../federation/demo-state.js';
import type { CallCounts, CountedCall } from '../manager/device-view.js';

const CALLS: Readonly<Record<CountedCall, string>> = {
  online: 'GET /online',
  start: 'POST /start',
  getPort: 'getPort()',
  trainFin: 'getTrainFin()',
  clientOut: 'getClientOut()',
};

const FROM_A_LOST_CLIENT: readonly CountedCall[] = ['online', 'start', 'getPort'];

/**
 * The calls that should have been made and were not, one line each; none where all were. A client whose process is
 * gone cannot say how its training ended.
 */
export function missingCalls({ clients, devices, lost }: DemoState): readonly string[] {
  return clients.flatMap((clientId) =>
    lacking(devices.get(clientId)?.calls, lost.has(clientId) ? FROM_A_LOST_CLIENT : EVERY_CALL).map(
      (call) => `${clientId}: ${CALLS[call]} was never made`,
    ),
  );
}

/** True once every client that is left has said that its training ended. */
export function haveAllReported({ clients, devices, lost }: DemoState): boolean {
  return clients.every((clientId) => lost.has(clientId) || (devices.get(clientId)?.calls.trainFin ?? 0) > 0);
}

const EVERY_CALL = Object.keys(CALLS) as CountedCall[];

function lacking(calls: CallCounts | undefined, expected: readonly CountedCall[]): readonly CountedCall[] {
  return expected.filter((call) => (calls?.[call] ?? 0) === 0);
}
