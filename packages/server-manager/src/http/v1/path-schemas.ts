import { DeviceIdSchema, RunIdSchema, TaskIdSchema } from '@fedops/shared-types';
import { z } from 'zod';

/** What stands below `/v1/tasks/{taskId}`. */
export const TaskPath = z.object({ taskId: TaskIdSchema });
/** What stands below `…/devices/{deviceId}` of a task. */
export const DevicePath = z.object({ taskId: TaskIdSchema, deviceId: DeviceIdSchema });
/** What stands below `…/runs/{runId}` of a device. */
export const DeviceRunPath = DevicePath.extend({ runId: RunIdSchema });
/** What stands below `/v1/runs/{runId}`. */
export const RunPath = z.object({ runId: RunIdSchema });
/** What stands below `…/models/{version}` of a task: a number, or an alias. */
export const ModelPath = z.object({
  taskId: TaskIdSchema,
  version: z.string().regex(/^(\d{1,9}|latest|best)$/),
});

/** A number in a query, with its bounds and what it is where it is not given. */
export function countIn(bounds: { readonly min: number; readonly max: number; readonly otherwise: number }) {
  return z.coerce.number().pipe(z.int().min(bounds.min).max(bounds.max)).default(bounds.otherwise);
}
