import { FedOpsError } from '@fedops/shared-types';

/** Standard output takes no more; the reason for which a command's signal aborts. */
export class LostOutput extends Error {
  override readonly name = 'LostOutput';

  /** What the user is to hear of it; undefined where the reader went away before the end, as `head` does. */
  problem(): FedOpsError | undefined {
    const { cause } = this;
    if ((cause as NodeJS.ErrnoException).code === 'EPIPE') return undefined;
    return new FedOpsError('storage', `cannot write to standard output: ${FedOpsError.from(cause).message}`, {
      cause,
    });
  }
}
