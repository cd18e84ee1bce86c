// biome-ignore-all assist/source/organizeImports: grouped for readers
export { FLClientTask } from './task/fl-client-task.js';
export type { FLClientTaskSettings } from './task/task-settings.js';
export type { ManagerSettings } from './task/manager-settings.js';
export type { Locating, RestingState, TaskState } from './task/task-state.js';
export type { ClientAppHandle } from './http/serve-client-app.js';
export { exitOnSignals } from './device/exit-on-signals.js';

// For those who mount its routes in an app of their own, or show its status in another way.
export { createClientRouter } from './http/client-router.js';
export type { ClientControl } from './http/client-control.js';
export type { DoorSettings } from './task/task-settings.js';
export { clientStatusOf, type StatusFacts } from './task/client-status.js';
export { type SessionView, sessionViewOf } from './task/session-view.js';

// For those who bring their own parts.
export type { FLClientTaskParts, TransportSettings } from './task/task-parts.js';
export type { ClientManager, Managers, PerformanceService, ServerManager } from './report/managers.js';
export type { TellEvent } from './events/event-file.js';
export type { RuntimeEvent } from './events/runtime-event.js';
export type { Environment } from './task/environment.js';
