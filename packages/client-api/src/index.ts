// biome-ignore-all assist/source/organizeImports: grouped for readers
export { ClientManagerAPI, type ClientManagerSettings } from './client-manager-api.js';
export {
  type ClientFailureNoticeInput,
  type ClientNoticeInput,
  ClientServerAPI,
  type OfTask,
} from './client-server-api.js';
export { ServerAPI } from './server-api.js';
export {
  type ListRunsOptions,
  ServerManagerAPI,
  type ServerManagerApiSettings,
} from './server-manager-api.js';
export type { TaskApiSettings } from './task-services.js';
export type { ApiSettings, CallOptions } from './settings.js';
export { isUnheard } from '@fedops/shared-types';

// For those who bring their own parts.
export type { ApiParts } from './settings.js';
export type { Environment } from './base-url.js';
export { type Clock, systemClock } from './clock.js';
