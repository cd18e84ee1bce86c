import type { FedOpsError } from '@fedops/shared-types';

/** A client's end of the stream: the server speaks, the client answers. */
export interface ServerStream {
  /**
   * The next message of the server; undefined after so many milliseconds without one.
   *
   * @throws {FedOpsError} the reason why the stream is over; the signal's reason when that aborts.
   */
  next(waitMs: number, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** Resolves when the message has left. @throws {FedOpsError} the reason why the stream is over. */
  send(message: Uint8Array): Promise<void>;
  /** Why the stream is over; undefined while it is open. */
  reason(): FedOpsError | undefined;
  /** Ends the stream and lets go of its connection; resolves within a second. */
  close(): Promise<void>;
}
