import { z } from 'zod';
import { isBaseUrl, parseHostPort } from './host-port.js';

/** An http or https URL that names a service: no credentials, query or fragment. */
export const BaseUrlSchema = z
  .string()
  .max(2_000)
  .refine(isBaseUrl, 'must be an http or https URL without credentials, query or fragment');

/**
 * What a client manager posts to a client's `/start`: where the FL server is.
 *
 * `server_ip` is `host` or `host:port` (1 to 65535; an IPv6 address in brackets where a port follows).
 * `server_url` (scheme, TLS, prefix, IPv6) wins over it.
 */
export const ManagerDataSchema = z.object({
  server_ip: z
    .string()
    .max(300)
    .refine((text) => parseHostPort(text) !== undefined, 'must be host or host:port, port 1 to 65535'),
  client_mac: z.string().min(1).max(100),
  server_url: BaseUrlSchema.optional(),
});
export type ManagerData = z.infer<typeof ManagerDataSchema>;
