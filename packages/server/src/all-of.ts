/** All values, or the first error once nothing is under way any more: what was opened can be closed then. */
export async function allOf<T extends readonly unknown[] | []>(
  promises: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
