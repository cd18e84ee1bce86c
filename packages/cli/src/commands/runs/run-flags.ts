import { FedOpsError, parseWith, type RunOverrides, RunOverridesSchema } from '@fedops/shared-types';
import type { Command } from 'commander';

/** Gives a command the flags for the settings of a run; `runSettingsOf` reads them. */
export function addRunFlags(command: Command): Command {
  const several = (word: string, before: readonly string[] = []) => [...before, word];
  return command
    .option('--rounds <n>', 'rounds of a run')
    .option('--seed <n>', 'all randomness of a run derives from it')
    .option('--client <id>', 'device that may take part, and no other; may be repeated', several)
    .option('--clients <n>', 'clients drawn for each round (default: all)')
    .option('--min-clients <n>', 'connected clients that a round waits for')
    .option('--quorum <n>', 'fewest updates that make a round')
    .option('--retries <n>', 'how often a failed round is tried again')
    .option('--strategy <name>', 'fedavg or fedavgm')
    .option('--momentum <x>', 'of fedavgm, from 0 to below 1')
    .option('--server-learning-rate <x>', 'of fedavgm (default: 1)')
    .option('--fit <name=value>', 'what clients are told with each fit, such as localEpochs=1', several)
    .option('--evaluate <name=value>', 'what clients are told with each evaluation', several)
    .option('--evaluation-fraction <x>', "share of clients that measure each round's model")
    .option('--server-restarts <n>', 'how often an FL server that crashed is started again')
    .option('--keep-updates', 'keep what clients send, which is private, to verify models with');
}

/** Flags as commander hands them out. */
export type Flags = Readonly<Record<string, unknown>>;

/**
 * The settings that the flags of `addRunFlags` name. Pure.
 *
 * @throws {FedOpsError} `invalid-argument`, naming each setting that is wrong.
 */
export function runSettingsOf(flags: Flags): RunOverrides {
  const named = {
    rounds: numberIn(flags.rounds),
    seed: numberIn(flags.seed),
    quorum: numberIn(flags.quorum),
    retries: numberIn(flags.retries),
    evaluationFraction: numberIn(flags.evaluationFraction),
    serverRestarts: numberIn(flags.serverRestarts),
    updates: flags.keepUpdates === true ? 'keep' : undefined,
    clients: Array.isArray(flags.client) ? { kind: 'listed', ids: flags.client } : undefined,
    clientsPerRound: clientsIn(flags),
    strategy: strategyIn(flags),
    fitConfig: configIn('--fit', flags.fit),
    evaluateConfig: configIn('--evaluate', flags.evaluate),
  };
  const given = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  return parseWith(RunOverridesSchema, given, 'settings of the run');
}

/** Words that are no number go on as they are: the schema names the setting that they are wrong for. */
function numberIn(word: unknown): unknown {
  return typeof word === 'string' && /^-?\d+(\.\d+)?(e-?\d+)?$/i.test(word) ? Number(word) : word;
}

function clientsIn({ clients, minClients }: Flags): object | undefined {
  if (clients !== undefined && minClients !== undefined) {
    throw new FedOpsError(
      'invalid-argument',
      '--clients and --min-clients exclude one another: a draw waits for as many',
    );
  }
  if (clients !== undefined) return { kind: 'count', count: numberIn(clients) };
  return minClients === undefined ? undefined : { kind: 'all', atLeast: numberIn(minClients) };
}

function strategyIn({ strategy, momentum, serverLearningRate }: Flags): object | undefined {
  const settings = {
    ...(momentum !== undefined && { momentum: numberIn(momentum) }),
    ...(serverLearningRate !== undefined && { serverLearningRate: numberIn(serverLearningRate) }),
  };
  if (strategy !== undefined) return { kind: strategy, ...settings };
  if (Object.keys(settings).length === 0) return undefined;
  throw new FedOpsError('invalid-argument', '--momentum and --server-learning-rate need --strategy fedavgm');
}

function configIn(flag: string, words: unknown): Record<string, unknown> | undefined {
  if (!Array.isArray(words)) return undefined;
  const pairs = words.map((word: unknown) => {
    const match = /^([^=]+)=(.*)$/s.exec(String(word));
    if (match === null)
      throw new FedOpsError('invalid-argument', `${flag}: expected name=value, got ${word}`);
    return [match[1]!, valueIn(match[2]!)] as const;
  });
  return Object.fromEntries(pairs);
}

function valueIn(text: string): unknown {
  return text === 'true' ? true : text === 'false' ? false : numberIn(text);
}
