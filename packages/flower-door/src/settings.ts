import type { Clock } from '@fedops/server';
import type { Config } from '@fedops/shared-types';

/** How Flower's clients reach the door, and what they may do there. Durations in milliseconds, sizes in bytes. */
export interface FlowerDoorSettings {
  /** `127.0.0.1` by default. */
  readonly host?: string;
  /** 0 for any free port; Flower's own default is 8080. */
  readonly port: number;
  /** Certificate and private key in PEM. Flower's clients never show a certificate of their own. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
  /** Needed to listen beyond loopback: Flower's clients carry no credentials, so whoever reaches the port takes part. */
  readonly insecure?: boolean;
  /** Larger messages end their stream; by default twice the model and 1 MiB. */
  readonly maxMessageBytes?: number;
  /** Further streams are refused; 10,000 by default. */
  readonly maxClients?: number;
  /**
   * Further connections are closed at once; by default `maxClients` and 1,000 more, so that clients beyond
   * `maxClients` are told why. A connection without a stream for a minute is ended.
   */
  readonly maxConnections?: number;
  /**
   * Answers of clients may take so much memory at a time, and one answer always may; 256 MiB by default. The others
   * wait on their way here.
   */
  readonly receiveBudgetBytes?: number;
  /** A client that does not take its instruction within this time is let go; 300,000 by default. */
  readonly sendMs?: number;
  /** What a client is sent as config, from what the strategy says; by default that, with `round` added. */
  readonly configOf?: (work: FlowerWork) => Config;
  /** Names of config values that go as a Python float although they are whole numbers. */
  readonly doubles?: readonly string[];
  /** Time, for tests. */
  readonly clock?: Clock;
}

/** A piece of work, before its config is put into Flower's terms. */
export interface FlowerWork {
  readonly kind: 'fit' | 'evaluate';
  readonly round: number;
  readonly rounds: number;
  /** As the strategy gave it. */
  readonly config: Config;
}
