import { encodeServerMessage, scalarsOfConfig, tensorListOf } from '@fedops/flower';
import { decodeParameters } from '@fedops/parameters';
import type { Config, EvaluateInstruction, FitInstruction, Sha256 } from '@fedops/shared-types';
import type { FlowerWork } from '../settings.js';

/** Instructions in Flower's terms, encoded once for all clients that are told the same. */
export interface InstructionMessages {
  /** @throws {FedOpsError} `storage` where the model cannot be read. */
  messageFor(instruction: FitInstruction | EvaluateInstruction): Promise<Uint8Array>;
}

export interface InstructionMessagesParts {
  /** Encoded parameters behind a digest: docs/protocol.md, section 2. */
  readonly parameters: (digest: Sha256) => Promise<Uint8Array>;
  readonly configOf: (work: FlowerWork) => Config;
  readonly rounds: number;
  readonly doubles: readonly string[];
}

export function createInstructionMessages(parts: InstructionMessagesParts): InstructionMessages {
  const { parameters, configOf, rounds, doubles } = parts;
  /** One is enough: a round's phase asks all of its clients the same. */
  let latest: { readonly key: string; readonly message: Promise<Uint8Array> } | undefined;

  async function encode({ kind, round, config, parameters: ref }: FitInstruction | EvaluateInstruction) {
    const { digest } = ref;
    return encodeServerMessage({
      kind,
      parameters: tensorListOf(decodeParameters(await parameters(digest))),
      config: scalarsOfConfig(configOf({ kind, round, rounds, config }), doubles),
    });
  }

  return {
    messageFor(instruction) {
      const { kind, round, config } = instruction;
      const key = JSON.stringify([kind, round, instruction.parameters.digest, config]);
      if (latest?.key !== key) {
        const message = encode(instruction);
        latest = { key, message };
        // What failed once may succeed the next time.
        message.catch(() => {
          if (latest?.message === message) latest = undefined;
        });
      }
      return latest.message;
    },
  };
}
