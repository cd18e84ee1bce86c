import type { ClientId } from '@fedops/shared-types';
import type { Devices } from './devices.js';
import type { StateHolder } from './state-holder.js';

/** Kills a client as soon as it trains in the run that comes next. */
export function killInNextRun(
  victim: ClientId,
  { holder, devices }: { readonly holder: StateHolder; readonly devices: Devices },
): void {
  devices.holdNextFit(victim, (round) => {
    const run = holder.state().runs.at(-1);
    if (run === undefined) return;
    holder.dispatch({
      kind: 'client-killed',
      killed: { clientId: victim, runId: run.runId, round },
    });
    devices.killClient(victim);
  });
}

/**
 * Lets a device join once the first client is lost in a run. The clients of the round that goes on are fixed by then:
 * it takes part from the next one on.
 *
 * @param join Starts it.
 */
export function joinWhenOneIsLost(holder: StateHolder, clientId: ClientId, join: () => void): void {
  holder.onChange(({ runs, joined }, event) => {
    const run = runs.at(-1);
    if (event.kind !== 'client-lost' || joined !== undefined) return;
    if (run === undefined || run.published !== undefined) return;
    holder.dispatch({ kind: 'client-joined', joined: { clientId, runId: run.runId } });
    join();
  });
}
