import { z } from 'zod';

/** `host` or `host:port`; an IPv6 address stands in brackets where a port follows. */
const HOST_PATTERN = /^(\[[0-9A-Fa-f:.]+\]|[^\s:/?#@[\]]+)(:\d{1,5})?$|^[0-9A-Fa-f]*:[0-9A-Fa-f:.]+$/;

/**
 * What a client manager posts to a client's `/start`: where the FL server is.
 *
 * `server_url` (scheme, TLS, prefix, IPv6) wins over `server_ip`.
 */
export const ManagerDataSchema = z.object({
  server_ip: z.string().max(300).regex(HOST_PATTERN, 'must be host or host:port'),
  client_mac: z.string().min(1).max(100),
  server_url: z.url({ protocol: /^https?$/ }).optional(),
});
export type ManagerData = z.infer<typeof ManagerDataSchema>;
