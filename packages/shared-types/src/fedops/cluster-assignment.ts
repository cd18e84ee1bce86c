import { z } from 'zod';
import { readingBothVocabularies } from './vocabularies.js';

/** `PUT /FLSe/cluster/{task_id}`: the cluster that a client belongs to; null takes it out of every cluster. */
export const ClusterAssignmentSchema = readingBothVocabularies(
  { cluster_id: ['clusterId'] },
  z.object({ client_mac: z.string().min(1), cluster_id: z.int().nullable() }),
);
export type ClusterAssignment = z.output<typeof ClusterAssignmentSchema>;

/** Answer to `PUT /FLSe/cluster/{task_id}`: the cluster that the client is in from now on, or null. */
export const ClusterAssignmentAnswerSchema = z.object({
  ok: z.literal(true),
  cluster_id: z.int().nullable(),
});
export type ClusterAssignmentAnswer = z.infer<typeof ClusterAssignmentAnswerSchema>;
