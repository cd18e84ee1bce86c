// biome-ignore-all assist/source/organizeImports: grouped for readers
export {
  type ClientManagerHandle,
  type ClientManagerParts,
  createClientManager,
} from './create-client-manager.js';
export type { ClientManagerSettings } from './settings.js';
export { exitOnSignals } from './exit-on-signals.js';
export type { StateView } from './state/state-view.js';

// For those who bring their own parts.
export type { Limits } from './state/limits.js';
export type { Exchange, JsonAnswer, JsonRequest } from './http/exchange.js';
export type { StateKeeper } from './keep/state-keeper.js';
export type { Kept } from './keep/kept.js';
export type { DonePart, ErrorFacts, PartEnd, Run } from './state/run.js';
export type { Api } from './state/manager-state.js';
