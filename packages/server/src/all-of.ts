/** All values, or the first error once nothing is under way any more: what was opened can be closed then. */
export async function allOf<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
