// biome-ignore-all assist/source/organizeImports: grouped for readers
export { FLServer } from './fl-server.js';
export type { FLServerParts } from './fl-server-parts.js';
export type { FLServerSettings } from './settings.js';
export type { RunningServer } from './running-server.js';
export type { RunOutcome } from './engine/engine.js';
export type { CentralEvaluate } from './engine/round-work.js';
export { createManagerReporter, type ManagerReporterParts } from './report/server-manager-reporter.js';
export { FL_SERVER_NODE_FLAGS, FLOWER_SERVER_NODE_FLAGS } from './node-flags.js';

// What FedOps 1.3 says to an FL server by its environment.
export { type Campaign, campaignFrom } from './environment/campaign-from.js';
export { type InitialModelSource, initialModelFrom } from './environment/initial-model-from.js';

// Published models, and whether they follow from what they were made of.
export { openFileModelStore } from './model/file-model-store.js';
export { createMemoryModelStore } from './model/memory-model-store.js';
export { readParameters } from './model/read-parameters.js';
export type { Lineage, RoundManifest, VersionManifest } from './model/manifest.js';
export { keptUpdatesOf } from './verify/kept-updates-of.js';
export { type Verdict, type VerifyParts, verifyModel } from './verify/verify-model.js';

// For those who bring their own parts.
export { type Clock, systemClock, type Timer } from './clock.js';
export type { FileSystem, OpenFile } from './files/file-system.js';
export { nodeFileSystem } from './files/node-file-system.js';
export type { ModelStore, ParametersReader, ParametersWriter } from './model/model-store.js';
export type { Reporter, RunReport } from './report/reporter.js';
export type { KeptUpdates, UpdateKey } from './update/kept-updates.js';

// For another transport: where clients meet the run.
export type { ClientDesk, WorkKey } from './engine/client-desk.js';
export type { FurtherDoor, FurtherDoorParts, OpenDoor } from './engine/further-door.js';
export type { AnnouncedUpdate } from './update/receive-update.js';
