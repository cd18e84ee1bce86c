import { BaseUrlSchema, FEDOPS_ERROR_CODES } from '@fedops/shared-types';
import { z } from 'zod';
import { CallCountsSchema } from '../calls/call-counts.js';
import { DeviceSeenSchema, SessionSeenSchema } from '../federation/device-seen.js';

const PortSchema = z.int().min(1).max(65_535);

/** Says any child: it takes requests. */
const ReadySchema = z.object({ kind: z.literal('ready'), url: BaseUrlSchema, port: PortSchema });

/** Says any child: it cannot go on, and why. */
const FailedSchema = z.object({
  kind: z.literal('failed'),
  code: z.enum(FEDOPS_ERROR_CODES),
  message: z.string(),
});

/** Say client apps and client managers: calls since the last such message. */
const CallsSchema = z.object({ kind: z.literal('calls'), calls: CallCountsSchema });

/** Says a client app: what it is doing. */
const SessionSchema = z.object({ kind: z.literal('session'), session: SessionSeenSchema });

/** Says a client app that was told to hold its next fit: it trains, and will not report. */
const HeldSchema = z.object({ kind: z.literal('held'), round: z.int().min(1) });

/** Says a client manager: what it is at. */
const DeviceSchema = z.object({ kind: z.literal('device'), device: DeviceSeenSchema });

/** What a child tells the demo. */
export const ChildMessageSchema = z.discriminatedUnion('kind', [
  ReadySchema,
  FailedSchema,
  CallsSchema,
  SessionSchema,
  HeldSchema,
  DeviceSchema,
]);
export type ChildMessage = z.infer<typeof ChildMessageSchema>;
export type Ready = z.infer<typeof ReadySchema>;

/** What the demo tells a client app. */
export const ClientOrderSchema = z.object({
  /** Not to report the next fit, so that however short it is there is time to be killed in it. */
  kind: z.literal('hold-next-fit'),
});
export type ClientOrder = z.infer<typeof ClientOrderSchema>;
