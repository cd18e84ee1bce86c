/**
 * Milliseconds that a `Retry-After` header asks for; undefined where there is none or it cannot be read.
 *
 * @param now Milliseconds since the epoch, for a header that names a date.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
