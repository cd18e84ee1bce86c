import { type CountedCall, NO_CALLS } from '../calls/call-counts.js';
import type { DemoState } from '../federation/demo-state.js';

const FROM_EACH = {
  register: 'the registration of the device',
  heartbeat: 'a heartbeat of the device',
  online: 'GET /online',
  start: 'POST /start',
  trainFin: 'getTrainFin()',
  clientOut: 'getClientOut()',
} as const satisfies Partial<Record<CountedCall, string>>;

type ExpectedCall = keyof typeof FROM_EACH;

const EVERY_CALL = Object.keys(FROM_EACH) as ExpectedCall[];
const FROM_A_LOST_CLIENT: readonly ExpectedCall[] = ['register', 'heartbeat', 'online', 'start'];

/**
 * The calls that should have been made and were not, one line each; none where all were. A client whose process is gone
 * cannot say how its training ended. The server manager tells where the FL server is, so that nobody asks for its port.
 */
export function missingCalls({ clients, calls, lost }: DemoState): readonly string[] {
  return clients.flatMap((clientId) => {
    const counts = calls.get(clientId) ?? NO_CALLS;
    const expected = lost.has(clientId) ? FROM_A_LOST_CLIENT : EVERY_CALL;
    return expected
      .filter((call) => counts[call] === 0)
      .map((call) => `${clientId}: ${FROM_EACH[call]} was never made`);
  });
}
