import type { FedOpsError } from '@fedops/shared-types';

/** A message of the client, in memory that is counted until it is released. */
export interface ReceivedMessage {
  readonly bytes: Uint8Array;
  /** To be called when nothing looks at the bytes any more; may be called twice. */
  release(): void;
}

/**
 * One client's stream: the server speaks first, then strictly one message of each side in turn.
 * Send, then receive; a message of the client that nobody asked for ends the stream.
 */
export interface FlowerStream {
  /** The client's address, for people. */
  readonly peer: string;
  /** What the client calls itself; nothing proves it. */
  readonly claimedId: string | undefined;
  /** Aborts when the stream is over, whoever ended it, with the reason. */
  readonly over: AbortSignal;
  /** Resolves when the message has left. @throws the reason why the stream is over. */
  send(message: Uint8Array): Promise<unknown>;
  /** The client's answer, however long it takes. @throws the reason why the stream is over. */
  receive(): Promise<ReceivedMessage>;
  /** Ends the stream with an error that the client sees. */
  abort(reason: FedOpsError): void;
  /** Ends the stream in peace. */
  end(): void;
}
