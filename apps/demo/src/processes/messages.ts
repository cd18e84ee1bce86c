import {
  BaseUrlSchema,
  ClientIdSchema,
  FEDOPS_ERROR_CODES,
  RoundRecordSchema,
  RunStateViewSchema,
  Sha256Schema,
} from '@fedops/shared-types';
import { z } from 'zod';
import { DeviceViewSchema } from '../manager/device-view.js';

const PortSchema = z.int().min(1).max(65_535);

/** Says any child: it takes requests. */
const ReadySchema = z.object({ kind: z.literal('ready'), url: BaseUrlSchema, port: PortSchema });

/** Says any child: it cannot go on, and why. */
const FailedSchema = z.object({
  kind: z.literal('failed'),
  code: z.enum(FEDOPS_ERROR_CODES),
  message: z.string(),
});

/** Says the manager: how its clients are. */
const DevicesSchema = z.object({ kind: z.literal('devices'), devices: z.array(DeviceViewSchema) });

/** Says the FL server: which version it starts from; 0 for none. */
const RunBeganSchema = z.object({ kind: z.literal('run-began'), baseVersion: z.int().min(0) });

/** Says the FL server: what its run is doing, and why it waits. */
const RunStateSchema = z.object({ kind: z.literal('run-state'), state: RunStateViewSchema });

/** Says the FL server: a round is over, closed or failed. */
const RoundEndedSchema = z.object({ kind: z.literal('round-ended'), record: RoundRecordSchema });

/** Says the FL server: how its run ended. */
const OutcomeSchema = z.object({
  kind: z.literal('outcome'),
  outcome: z.discriminatedUnion('status', [
    z.object({
      status: z.literal('published'),
      version: z.int().min(1),
      digest: Sha256Schema,
      path: z.string(),
    }),
    z.object({ status: z.literal('failed'), reason: z.string(), message: z.string() }),
  ]),
});

/** What a child tells the demo. */
export const ChildMessageSchema = z.discriminatedUnion('kind', [
  ReadySchema,
  FailedSchema,
  DevicesSchema,
  RunBeganSchema,
  RunStateSchema,
  RoundEndedSchema,
  OutcomeSchema,
]);
export type ChildMessage = z.infer<typeof ChildMessageSchema>;
export type Ready = z.infer<typeof ReadySchema>;
export type Outcome = z.infer<typeof OutcomeSchema>['outcome'];

/** A client that the manager is to look after. */
const DeviceSchema = z.object({ clientId: ClientIdSchema, clientMac: z.string(), url: BaseUrlSchema });
export type Device = z.infer<typeof DeviceSchema>;

/** What the demo tells the manager. */
export const ManagerOrderSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('assign-port'), port: PortSchema }),
  /** Anew where the client is known: it was started again, elsewhere. */
  z.object({ kind: z.literal('watch'), device: DeviceSchema }),
]);
export type ManagerOrder = z.infer<typeof ManagerOrderSchema>;
