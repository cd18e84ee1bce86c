import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { FedOpsError } from '@fedops/shared-types';

/** What the example is told on its command line. */
export interface Options {
  /** The Python to run the script with: a name to be found on the PATH, or an absolute path. */
  readonly python: string;
  /** A file of the folder python. */
  readonly script: 'train.py' | 'train_numpy.py';
  readonly format: 'safetensors' | 'npz';
  readonly rounds: number;
}

export const USAGE = `Two clients train one model of digits, each by a Python script of its own.

  --python PYTHON               python3 by default
  --script train.py             PyTorch, the default; train_numpy.py needs NumPy alone
  --format npz|safetensors      of the parameters' files; npz by default
  --rounds N                    6 by default
  --help`;

const SCRIPTS = ['train.py', 'train_numpy.py'] as const;
const FORMATS = ['npz', 'safetensors'] as const;

/**
 * @param cwd Absolute; a relative path of the Python is read from there, since the script runs in its own folder.
 * @returns undefined where help is asked for.
 * @throws {FedOpsError} `invalid-argument` for an unknown option or a value that cannot be, naming it.
 */
export function parseOptions(args: readonly string[], cwd: string): Options | undefined {
  const { python, script, format, rounds, help } = valuesOf(args);
  if (help) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(rounds)) {
    throw new FedOpsError('invalid-argument', `--rounds: expected a whole number from 1, got ${rounds}`);
  }
  return {
    python: /[\\/]/.test(python) ? resolve(cwd, python) : python,
    script: oneOf('--script', SCRIPTS, script),
    format: oneOf('--format', FORMATS, format),
    rounds: Number(rounds),
  };
}

function oneOf<T extends string>(option: string, choices: readonly T[], value: string): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  throw new FedOpsError('invalid-argument', `${option}: expected ${choices.join(' or ')}, got ${value}`);
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        python: { type: 'string', default: 'python3' },
        script: { type: 'string', default: 'train.py' },
        format: { type: 'string', default: 'npz' },
        rounds: { type: 'string', default: '6' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw new FedOpsError('invalid-argument', (cause as Error).message, { cause });
  }
}
