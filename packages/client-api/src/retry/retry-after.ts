/**
 * Milliseconds that a `Retry-After` header asks for, in either of its forms: seconds or an HTTP date.
 * Undefined without a header that can be read; 0 for a date that has passed.
 *
 * @param nowMs Milliseconds since the epoch.
 * @see RFC 9110, 10.2.3
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
