import { TaskIdSchema } from '@fedops/shared-types';

/** The one task of the demo. */
export const TASK_ID = TaskIdSchema.parse('mnist');
