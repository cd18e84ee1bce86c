/** How long each thing may take, in milliseconds. */
export interface Limits {
  /** A client that trains and does not answer for so long counts as lost. */
  readonly clientLeaseMs: number;
  /** A client that cannot be started within fails its part. */
  readonly startWithinMs: number;
  /** A client that trains for longer counts as hanging. */
  readonly trainWithinMs: number;
  /** So does one that still trains so long after its run has ended. */
  readonly runEndGraceMs: number;
  /** An end that cannot be reported for so long is let go. */
  readonly reportForMs: number;
}
