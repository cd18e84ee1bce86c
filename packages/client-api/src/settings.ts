import { FedOpsError } from '@fedops/shared-types';
import type { Environment } from './base-url.js';
import { type Clock, systemClock } from './clock.js';
import type { RetryLimits, RetryParts } from './retry/retrying.js';

/** Settings that every API client has. */
export interface ApiSettings {
  /** Sent as `Authorization: Bearer` to a manager of ours; Python's ignore it. */
  readonly token?: string;
  /** Default: `FEDOPS_REQUEST_TIMEOUT_SECONDS`, else 10 s. */
  readonly attemptTimeoutMs?: number;
  /** For a call with all its attempts and waits. Default: the time of three attempts. */
  readonly totalTimeoutMs?: number;
  /** A larger answer is refused as `bad-response`. Default: 1 MiB. */
  readonly maxAnswerBytes?: number;
  /** Whether a call is sent again where docs/protocol.md 3.5 lets it. Default: yes. */
  readonly repeats?: boolean;
}

/** What an API client works with; each has the machine's own as default. */
export interface ApiParts {
  /** Read once, by the constructor. */
  readonly env?: Environment;
  readonly clock?: Clock;
  /** From [0, 1): the jitter of waits. */
  readonly random?: () => number;
}

/** Options of one call. */
export interface CallOptions {
  /** Ends the call, waits included, with `aborted`. */
  readonly signal?: AbortSignal;
}

/** Settings with their defaults filled in. */
export interface ResolvedSettings extends RetryLimits {
  readonly token: string | undefined;
  readonly maxAnswerBytes: number;
  readonly repeats: boolean;
}

/** Parts with their defaults filled in. */
export interface ResolvedParts extends RetryParts {
  readonly env: Environment;
}

/** The parts that are given, and the machine's own for the others. */
export function resolveParts({ env, clock, random }: ApiParts): ResolvedParts {
  return { env: env ?? process.env, clock: clock ?? systemClock, random: random ?? Math.random };
}

/** @throws {FedOpsError} `invalid-argument`, naming the setting. */
export function resolveSettings(settings: ApiSettings, env: Environment): ResolvedSettings {
  const attemptTimeoutMs = settings.attemptTimeoutMs ?? environmentTimeoutMs(env) ?? 10_000;
  const totalTimeoutMs = settings.totalTimeoutMs ?? 3 * attemptTimeoutMs;
  const maxAnswerBytes = settings.maxAnswerBytes ?? 1_048_576;
  assertPositive({ attemptTimeoutMs, totalTimeoutMs, maxAnswerBytes });
  if (settings.token !== undefined && !/^[\x21-\x7e]+$/.test(settings.token)) {
    throw new FedOpsError('invalid-argument', 'token: expected visible ASCII characters');
  }
  const { token, repeats = true } = settings;
  return { attemptTimeoutMs, totalTimeoutMs, maxAnswerBytes, token, repeats };
}

const TIMEOUT_VARIABLE = 'FEDOPS_REQUEST_TIMEOUT_SECONDS';

function environmentTimeoutMs(env: Environment): number | undefined {
  const text = env[TIMEOUT_VARIABLE]?.trim() ?? '';
  if (text === '') return undefined;
  const ms = Number(text) * 1_000;
  assertPositive({ [TIMEOUT_VARIABLE]: ms });
  return ms;
}

/** Node's timers fire at once when asked to wait longer. */
const LONGEST_MS = 2 ** 31 - 1;

function assertPositive(values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value > 0 && value <= LONGEST_MS) continue;
    throw new FedOpsError('invalid-argument', `${name}: expected a number above 0, got ${value}`);
  }
}
