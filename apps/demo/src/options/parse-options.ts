import { resolve } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type Partition, parsePartition } from '../data/partition.js';
import { type DemoOptions, MOST_CLIENTS, TRAINING_IMAGES } from './demo-options.js';

/** What a command line asks for: a demo, or an answer and an exit code (0 after help, 2 for a mistake). */
export type CommandLine =
  | { readonly kind: 'run'; readonly options: DemoOptions }
  | { readonly kind: 'exit'; readonly code: number; readonly stdout: string; readonly stderr: string };

/** Where relative paths start, and where data go unless the command line says otherwise. */
export interface Directories {
  readonly working: string;
  readonly data: string;
}

const EXAMPLES = `
Examples:
  npm run demo                                    V1 and V2, and with the next call V3 and V4 from there
  npm run demo -- --partition shards:2            each client has seen a few digits only
  npm run demo -- --clients 5 --rounds 6 --partition dirichlet:0.5
  npm run demo -- --data-dir /tmp/fresh --seed 7 --report report.json
`;

/** Reads the arguments after the program's name. Pure: nothing is printed, made or started. */
export function parseCommandLine(args: readonly string[], directories: Directories): CommandLine {
  let stdout = '';
  let stderr = '';
  const program = demoProgram(directories)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        stdout += text;
      },
      writeErr: (text) => {
        stderr += text;
      },
    });
  try {
    program.parse(args, { from: 'user' });
    return { kind: 'run', options: checkedOptions(program, directories) };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: 'exit', code: error.exitCode === 0 ? 0 : 2, stdout, stderr };
  }
}

function demoProgram({ data }: Directories): Command {
  return new Command('demo')
    .description(
      'A federation of real processes learns handwritten digits in two runs: a server manager, its FL servers, and devices that keep their images to themselves. In the second run a client is killed and a device joins late.',
    )
    .allowExcessArguments(false)
    .showHelpAfterError('(--help shows all options)')
    .option(
      '--clients <number>',
      'how many devices there are from the beginning; one more joins late',
      wholeNumber(1, MOST_CLIENTS),
      3,
    )
    .option('--rounds <number>', 'rounds of each run', wholeNumber(1, 1_000), 3)
    .addOption(
      new Option('--partition <kind>', 'how the images are spread: iid, shards:N or dirichlet:ALPHA')
        .argParser(readPartition)
        .default({ kind: 'iid' }, 'iid'),
    )
    .option('--seed <number>', 'of all randomness', wholeNumber(0, 0xffff_ffff), 1)
    .option(
      '--examples <number>',
      'a client trains on at most so many of its images a round',
      wholeNumber(1, TRAINING_IMAGES),
      TRAINING_IMAGES,
    )
    .option('--data-dir <path>', 'where models and identities are kept', data)
    .option('--report <file>', 'write what happened as JSON')
    .addHelpText('after', EXAMPLES);
}

function checkedOptions(program: Command, { working }: Directories): DemoOptions {
  const { dataDir, report, ...given } = program.opts<Omit<DemoOptions, 'report'> & { report?: string }>();
  const { clients, partition } = given;
  const shares = clients + 1;
  if (partition.kind === 'shards' && shares * partition.perClient > TRAINING_IMAGES) {
    program.error(
      `error: option '--partition <kind>': ${shares} devices with ${partition.perClient} shards each need more than ${TRAINING_IMAGES} images`,
    );
  }
  return {
    ...given,
    dataDir: resolve(working, dataDir),
    report: report === undefined ? undefined : resolve(working, report),
  };
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

function readPartition(text: string): Partition {
  try {
    return parsePartition(text);
  } catch (error) {
    throw new InvalidArgumentError(FedOpsError.from(error).message);
  }
}
