import type { ClientId, RoundRecord, RunStateView } from '@fedops/shared-types';
import type { DeviceView } from '../manager/device-view.js';
import type { Outcome } from '../processes/messages.js';

/** What the demo knows of its federation. */
export interface DemoState {
  /** Ids of all clients, in order. */
  readonly clients: readonly ClientId[];
  /** The version that the run started from; undefined until the FL server has said. */
  readonly baseVersion: number | undefined;
  /** What the run is doing, and why it waits. */
  readonly run: RunStateView | undefined;
  /** Past rounds, closed or failed, oldest first. */
  readonly rounds: readonly RoundRecord[];
  /** As the manager sees them. */
  readonly devices: ReadonlyMap<ClientId, DeviceView>;
  /** Clients whose process is gone, and how that came. */
  readonly lost: ReadonlyMap<ClientId, string>;
  readonly outcome: Outcome | undefined;
}

export type DemoEvent =
  | { readonly kind: 'run-began'; readonly baseVersion: number }
  | { readonly kind: 'run-state'; readonly state: RunStateView }
  | { readonly kind: 'round-ended'; readonly record: RoundRecord }
  | { readonly kind: 'devices'; readonly devices: readonly DeviceView[] }
  | { readonly kind: 'client-lost'; readonly clientId: ClientId; readonly how: string }
  | { readonly kind: 'client-back'; readonly clientId: ClientId }
  | { readonly kind: 'outcome'; readonly outcome: Outcome };

export function newDemoState(clients: readonly ClientId[]): DemoState {
  return {
    clients,
    baseVersion: undefined,
    run: undefined,
    rounds: [],
    devices: new Map(),
    lost: new Map(),
    outcome: undefined,
  };
}

/** What is known after an event. */
export function afterEvent(state: DemoState, event: DemoEvent): DemoState {
  switch (event.kind) {
    case 'run-began':
      return { ...state, baseVersion: event.baseVersion };
    case 'run-state':
      return { ...state, run: event.state };
    case 'round-ended':
      return { ...state, rounds: [...state.rounds, event.record] };
    case 'devices':
      return { ...state, devices: new Map(event.devices.map((device) => [device.clientId, device])) };
    case 'client-lost':
      return { ...state, lost: new Map([...state.lost, [event.clientId, event.how]]) };
    case 'client-back':
      return { ...state, lost: new Map([...state.lost].filter(([clientId]) => clientId !== event.clientId)) };
    case 'outcome':
      return { ...state, outcome: event.outcome };
  }
}
