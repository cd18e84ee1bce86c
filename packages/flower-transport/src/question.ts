import {
  configOfScalars,
  parametersOfTensors,
  type Scalars,
  type ServerMessage,
  signatureOfTensors,
} from '@fedops/flower';
import { encodeParameters, type Parameters, sha256 } from '@fedops/parameters';
import type { ClientId, EvaluateInstruction, FitInstruction, RunId, Signature } from '@fedops/shared-types';
import { withFloatsOf } from './convert-floats.js';

/** Work that the server asked for and that is not answered yet. */
export interface Question {
  readonly instruction: FitInstruction | EvaluateInstruction;
  /** The model, in memory of the caller's own each time. */
  parameters(): Parameters;
}

/** What a question needs to know besides what the server says. */
export interface Asked {
  readonly runId: RunId;
  readonly clientId: ClientId;
  /** The round where the server does not tell it. */
  readonly countedRound: number;
  readonly workMs: number;
  /** What the model shall look like; as it comes where not given. */
  readonly signature: Signature | undefined;
}

type Work = Extract<ServerMessage, { kind: 'fit' | 'evaluate' }>;

/**
 * A server's message as an instruction of ours.
 *
 * @throws {FedOpsError} `shape-mismatch`, naming the first tensor that differs from the signature; `unsupported` or
 *   `invalid-argument` for tensors that cannot be read.
 */
export async function questionOf(message: Work, asked: Asked): Promise<Question> {
  const { kind } = message;
  const { runId, clientId, workMs, countedRound } = asked;
  const signature = asked.signature ?? signatureOfTensors(message.parameters);
  const parameters = () => parametersOfTensors(withFloatsOf(message.parameters, signature), signature);
  const encoded = encodeParameters(parameters());
  const round = roundIn(message.config) ?? countedRound;
  const instruction = {
    kind,
    runId,
    round,
    parameters: { digest: await sha256(encoded), byteLength: encoded.length },
    config: configOfScalars(message.config).config,
    seed: await seedOf([runId, round, kind, clientId]),
    remainingMs: workMs,
  };
  return { instruction, parameters };
}

/** Names under which Python's servers send the round. */
const ROUND_NAMES = ['round', 'server_round', 'server-round', 'current_round', 'rnd'];

/** The round that a config tells; undefined where it does not. */
function roundIn(config: Scalars): number | undefined {
  for (const name of ROUND_NAMES) {
    const scalar = config.get(name);
    if (scalar?.kind !== 'int') continue;
    const round = Number(scalar.value);
    if (Number.isSafeInteger(round) && round >= 1) return round;
  }
  return undefined;
}

/** An unsigned 32-bit seed: the first four bytes of the SHA-256 of the facts' JSON, as an FL server of ours does it. */
async function seedOf(facts: readonly (string | number)[]): Promise<number> {
  const digest = await sha256(new TextEncoder().encode(JSON.stringify(facts)));
  return Number.parseInt(digest.slice(0, 8), 16);
}
