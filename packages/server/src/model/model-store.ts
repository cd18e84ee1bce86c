import type { ParametersRef, RunId, Sha256 } from '@fedops/shared-types';
import type { TileSource } from '@fedops/strategies';
import type { RoundManifest, VersionManifest } from './manifest.js';

/**
 * Keeps models: parameters by digest, what each round made, and the published versions V1, V2, ….
 *
 * A store that cannot be read throws `storage`; it never says that there is no model.
 */
export interface ModelStore {
  /** The published version with the highest number, its parameters checked against their digest; undefined where none was ever published. */
  latest(): Promise<VersionManifest | undefined>;
  /** Begins to write parameters; nobody sees them before `commit`. */
  create(): Promise<ParametersWriter>;
  /** @throws {FedOpsError} `not-found` for a digest that the store does not hold. */
  open(digest: Sha256): Promise<ParametersReader>;
  /** Records what a round made, durably; a second record of the same round replaces the first. */
  putRound(manifest: RoundManifest): Promise<void>;
  /** What a round made; undefined where it made nothing or was dropped. */
  round(runId: RunId, round: number): Promise<RoundManifest | undefined>;
  /** Drops what a round made, and its parameters where no version and no other round refers to them. */
  dropRound(runId: RunId, round: number): Promise<void>;
  /**
   * Publishes a version, whole or not at all; once more by the same run and with the same parameters changes nothing.
   *
   * @returns Where it lies, for people: a path, or a name where there is none.
   * @throws {FedOpsError} `conflict` where the version is there already, `invalid-argument` where it is not the next one.
   */
  publish(manifest: VersionManifest): Promise<string>;
}

/** Takes encoded parameters from the first byte to the last. */
export interface ParametersWriter {
  append(bytes: Uint8Array): Promise<void>;
  /** Makes them durable and visible under their digest. */
  commit(): Promise<ParametersRef>;
  /** Throws them away; does nothing after `commit`. */
  discard(): Promise<void>;
}

/** Reads encoded parameters at any place. */
export interface ParametersReader extends TileSource {
  readonly byteLength: number;
  /** Fills `into` from `offset`, in bytes from the start of the encoding. */
  read(offset: number, into: Uint8Array): Promise<void>;
  close(): Promise<void>;
}
