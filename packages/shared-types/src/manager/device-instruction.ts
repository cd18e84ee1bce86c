import { z } from 'zod';
import { RunIdSchema, TaskIdSchema } from '../ids.js';

const ended = { taskId: TaskIdSchema, runId: RunIdSchema };

/**
 * `GET /v1/tasks/{taskId}/devices/{deviceId}/instruction?waitMs=N[&run=R]`: what a device is to do, told as soon
 * as there is something. It depends on the state alone: who asks twice is told the same.
 */
export const DeviceInstructionSchema = z.discriminatedUnion('kind', [
  /** An FL server waits: start the client, once per `runId`. */
  z.object({
    kind: z.literal('start'),
    taskId: TaskIdSchema,
    runId: RunIdSchema,
    /** Base URL of the FL server. */
    serverUrl: z.string(),
    /** `host:port` for clients of Python's, which speak Flower alone; left out where the FL server has no door for them. */
    flowerAddress: z.string().optional(),
    /** The version that the run is to publish. */
    nextVersion: z.int().min(1),
    /** Left out where the FL server alone knows: somebody else starts it. */
    rounds: z.int().min(1).optional(),
  }),
  /** The run named in the question is over: with a model … */
  z.object({ kind: z.literal('published'), ...ended, version: z.int().min(1) }),
  /** … or without one. */
  z.object({ kind: z.literal('failed'), ...ended, reason: z.string(), message: z.string() }),
]);
export type DeviceInstruction = z.output<typeof DeviceInstructionSchema>;
