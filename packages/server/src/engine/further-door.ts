import type { Logger } from '@fedops/http-service';
import type { RunId, Sha256, Signature, TaskId } from '@fedops/shared-types';
import type { ClientDesk } from './client-desk.js';

/** Another transport by which clients come to the same run, such as Flower's gRPC; opened beside the HTTP door. */
export type FurtherDoor = (parts: FurtherDoorParts) => Promise<OpenDoor>;

/** What a further door works with: the desk that takes what clients say, the run, and its models. */
export interface FurtherDoorParts {
  readonly desk: ClientDesk;
  readonly run: {
    readonly taskId: TaskId;
    readonly runId: RunId;
    readonly rounds: number;
    readonly signature: Signature;
  };
  /** Encoded parameters, one immutable buffer for all; see docs/protocol.md, section 2. */
  readonly parameters: (digest: Sha256) => Promise<Uint8Array>;
  readonly logger: Logger;
}

/** A further door that takes clients. */
export interface OpenDoor {
  /** Where clients reach it, for people: `grpc://127.0.0.1:8081`. */
  readonly url: string;
  /** Safe to call twice. */
  close(): Promise<void>;
}
