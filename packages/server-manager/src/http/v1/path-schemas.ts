import { DeviceIdSchema, RunIdSchema, TaskIdSchema } from '@fedops/shared-types';
import { z } from 'zod';

export const TaskPath = z.object({ taskId: TaskIdSchema });
export const DevicePath = z.object({ taskId: TaskIdSchema, deviceId: DeviceIdSchema });
export const DeviceRunPath = DevicePath.extend({ runId: RunIdSchema });
export const RunPath = z.object({ runId: RunIdSchema });
export const ModelPath = z.object({
  taskId: TaskIdSchema,
  version: z.string().regex(/^(\d{1,9}|latest|best)$/),
});

/** A number in a query, with its bounds and what it is where it is not given. */
export function countIn(bounds: { readonly min: number; readonly max: number; readonly otherwise: number }) {
  return z.coerce.number().pipe(z.int().min(bounds.min).max(bounds.max)).default(bounds.otherwise);
}
