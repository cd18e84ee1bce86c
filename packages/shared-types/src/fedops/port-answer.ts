import { z } from 'zod';
import { parseHostPort } from './host-port.js';
import { BaseUrlSchema } from './manager-data.js';

const PortSchema = z
  .union(
    [
      z.number(),
      z
        .string()
        .regex(/^\d{1,5}$/)
        .transform(Number),
    ],
    'must be a number or a numeric string',
  )
  .pipe(z.int().min(1).max(65_535));

/** Python leaves `external_ip` out, or empty, where the cluster has none. */
const ExternalIpSchema = z
  .string()
  .max(300)
  .refine((text) => text === '' || parseHostPort(text)?.port === null, 'must be a host without a port')
  .nullish()
  .transform((text) => text || undefined);

/**
 * `GET /FLSe/getPort/{task_id}`: where the task's FL server listens.
 *
 * `external_ip` and `server_url` are optional; a manager that gives `server_url` may leave out `port`.
 */
export const PortAnswerSchema = z
  .object({
    task_id: z.string().optional(),
    port: PortSchema.optional(),
    external_ip: ExternalIpSchema.optional(),
    server_url: BaseUrlSchema.optional(),
  })
  .refine((answer) => answer.port !== undefined || answer.server_url !== undefined, {
    path: ['port'],
    message: 'must be given where server_url is not',
  });
export type PortAnswer = z.infer<typeof PortAnswerSchema>;
