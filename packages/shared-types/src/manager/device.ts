import { z } from 'zod';
import { FEDOPS_ERROR_CODES } from '../error.js';
import { ClientIdSchema, RunIdSchema, TaskIdSchema } from '../ids.js';
import { Sha256Schema } from '../scalars.js';
import { SignatureSchema } from '../signature.js';

/** Who a device is: made once by the device and kept; or configured. */
export const DeviceIdSchema = ClientIdSchema;

const label = z.string().max(300).nullable();

/** `POST /v1/tasks/{taskId}/devices`: a device enrols, or comes back. */
export const DeviceRegistrationSchema = z.object({
  protocolVersion: z.int(),
  deviceId: DeviceIdSchema,
  /** A secret of the device: who knows it may come back as this device. */
  key: z.string().min(16).max(200),
  /** For people. */
  name: label.default(null),
  /** A label, never an identity. */
  mac: label.default(null),
  /** Under which id its client takes part, where that differs from the device's. */
  clientId: ClientIdSchema.nullable().default(null),
  /** The tensors of the device's model; refused where the task's differ. */
  signature: SignatureSchema.optional(),
});
/** A registration as a device sends it: what has a default may be left out. */
export type DeviceRegistration = z.input<typeof DeviceRegistrationSchema>;

/** Answer, 201. */
export const DeviceRegistrationAnswerSchema = z.object({
  protocolVersion: z.int(),
  taskId: TaskIdSchema,
  deviceId: DeviceIdSchema,
  /** Sent as `Authorization: Bearer` from now on; ends the token of an earlier registration. */
  token: z.string(),
  /** The device counts as online for so long after each request; milliseconds. */
  leaseMs: z.int().min(1),
  /** Of the task's model; null where the task has none yet. */
  signatureDigest: Sha256Schema.nullable(),
});
export type DeviceRegistrationAnswer = z.output<typeof DeviceRegistrationAnswerSchema>;

/** What a device is at. */
export const DeviceActivitySchema = z.discriminatedUnion('kind', [
  /** The client app does not answer: nothing can be started. */
  z.object({ kind: z.literal('no-client') }),
  z.object({ kind: z.literal('idle') }),
  z.object({
    kind: z.literal('training'),
    runId: RunIdSchema.nullable(),
    /** From 0 to 1, where it is known. */
    progress: z.number().min(0).max(1).nullable().default(null),
  }),
]);
export type DeviceActivity = z.output<typeof DeviceActivitySchema>;

/** `POST /v1/tasks/{taskId}/devices/{deviceId}/heartbeat`, best every third of the lease, also while training. */
export const DeviceHeartbeatSchema = z.object({ activity: DeviceActivitySchema });
/** A heartbeat as a device sends it: what has a default may be left out. */
export type DeviceHeartbeat = z.input<typeof DeviceHeartbeatSchema>;

/** Answer to a heartbeat; `leaseMs` counts from now, in milliseconds. */
export const DeviceHeartbeatAnswerSchema = z.object({
  leaseMs: z.int().min(1),
  /** The run that goes on; null where none does. */
  runId: RunIdSchema.nullable(),
  /** False while a run goes on that is for other devices: this one waits for the next. */
  isChosen: z.boolean().default(true),
});
export type DeviceHeartbeatAnswer = z.output<typeof DeviceHeartbeatAnswerSchema>;

/** How one client's part of a run ended. */
const PartStateSchema = z.enum(['train-finished', 'train-failed', 'out']);

/** `PUT /v1/tasks/{taskId}/devices/{deviceId}/runs/{runId}`: this device's part of the run is over. */
export const PartReportSchema = z.object({
  state: PartStateSchema,
  reason: z.object({ code: z.enum(FEDOPS_ERROR_CODES), message: z.string().max(2_000) }).optional(),
});
export type PartReport = z.output<typeof PartReportSchema>;

/** One client's part of a run, as the manager holds it; the first word on how training ended stays. */
export const ClientPartSchema = z.object({
  taskId: TaskIdSchema,
  runId: RunIdSchema,
  clientId: ClientIdSchema,
  state: PartStateSchema,
  reason: z.object({ code: z.enum(FEDOPS_ERROR_CODES), message: z.string() }).nullable(),
  at: z.iso.datetime(),
});
export type ClientPart = z.output<typeof ClientPartSchema>;

/** A device as the server manager answers it. */
export const DeviceSchema = z.object({
  taskId: TaskIdSchema,
  deviceId: DeviceIdSchema,
  clientId: ClientIdSchema.nullable(),
  name: label,
  mac: label,
  /** How it came: by `/v1`, or by the routes of Python's managers, which know a MAC only. */
  origin: z.enum(['v1', 'legacy']),
  presence: z.object({
    state: z.enum(['online', 'stale', 'offline']),
    since: z.iso.datetime(),
    /** Left on its own accord, or fell silent. */
    left: z.boolean(),
  }),
  lastSeen: z.iso.datetime(),
  activity: DeviceActivitySchema,
  clusterId: z.int().nullable(),
  registeredAt: z.iso.datetime(),
});
export type Device = z.output<typeof DeviceSchema>;
