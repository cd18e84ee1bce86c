// For those who bring their own parts.
export type { Environment } from './base-url.js';
export { ClientManagerAPI, type ClientManagerSettings } from './client-manager-api.js';
export {
  type ClientFailureNoticeInput,
  type ClientNoticeInput,
  ClientServerAPI,
  type OfTask,
} from './client-server-api.js';
export { type Clock, systemClock } from './clock.js';
export { isUnheard } from './retry/unheard.js';
export { ServerAPI } from './server-api.js';
export type { ApiParts, ApiSettings, CallOptions } from './settings.js';
export type { TaskApiSettings } from './task-services.js';
