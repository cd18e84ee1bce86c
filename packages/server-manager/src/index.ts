// biome-ignore-all assist/source/organizeImports: grouped for readers
export {
  type CloseManagerOptions,
  createServerManager,
  type ServerManager,
  type ServerManagerParts,
} from './create-server-manager.js';
export type { ServerManagerSettings } from './settings.js';
export type { ManagerClock } from './manager-clock.js';
export type { ElapsedTime } from './devices/steady-time.js';

// For those who look at what a manager has left on its disk.
export { type Directories, directoriesOf } from './directories.js';

// For those who start FL servers by the same settings.
export { serverPlanOf } from './launcher/server-settings-of.js';
export { strategyOf } from './launcher/strategy-of.js';
export { composedBy } from './launcher/server-composition.js';

// For those who bring their own parts.
export type {
  EndedServer,
  LaunchedServer,
  Launcher,
  ServerOrder,
  ServerPlace,
  ServerReady,
} from './launcher/launcher.js';
export type {
  ComposedRun,
  ComposeServer,
  ServerComposition,
} from './launcher/server-composition.js';
export type { FlowerDoorOf, FlowerPlace } from './launcher/flower-door-of.js';
export type { ServerEnd } from './runs/run-state.js';
export type { ModelFiles } from './models/model-files.js';
export { openSqliteStore } from './store/sqlite/sqlite-store.js';
export type {
  DeviceLife,
  DeviceRows,
  MetricQuery,
  MetricRows,
  ModelRows,
  NewMetricRow,
  PartRows,
  RunDraft,
  RunQuery,
  RunRows,
  Store,
  StoredDevice,
  StoredRun,
  StoredTask,
  StoredVersion,
  TaskRows,
} from './store/store.js';
