import { resolve } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../../context.js';
import { managing } from '../../manager-api/managing.js';
import { managingCommand } from '../../manager-api/managing-command.js';
import { BadOutcome } from '../../output/bad-outcome.js';
import { getModel } from './get-model.js';
import { MODEL_FORMATS, type ModelFormat } from './model-format.js';
import { gotText, modelTable, verdictText } from './model-words.js';
import { verifyVersion } from './verify-version.js';

/** `fedops model list|get|verify`. */
export function addModelCommand(program: Command, context: CommandContext): void {
  const { signal, cwd } = context;
  const model = program.command('model').description('the published versions of a task');

  managingCommand(model, 'list', 'the versions, newest first; with --json all that was measured')
    .argument('<task>')
    .action(
      managing(context, async ({ args, output }, { api }) => {
        output.result(await api.listModels(args[0]!, { signal }), modelTable);
      }),
    );

  managingCommand(model, 'get', 'download a version; what a broken download has gathered is gone on with')
    .argument('<task>')
    .argument('[version]', 'a number, latest or best', 'latest')
    .addOption(
      new Option('--format <format>', 'raw is our own encoding')
        .choices(MODEL_FORMATS)
        .default('safetensors'),
    )
    .option('--output <path>', 'where to (default: a name made of task and version)')
    .option('--force', 'replace a file that is there')
    .action(
      managing(context, async (call, manager) => {
        const { args, flags, output } = call;
        const version = await manager.api.getModel(args[0]!, versionIn(args[1]), { signal });
        const got = await getModel(call, manager, version, {
          format: flags.format as ModelFormat,
          output: flags.output as string | undefined,
          force: flags.force === true,
        });
        output.result(got, gotText);
      }),
    );

  managingCommand(
    model,
    'verify',
    'make a version again from its kept updates; exits with 1 where it differs or cannot be made',
  )
    .argument('<task>')
    .argument('[version]', 'a number, latest or best', 'latest')
    .requiredOption('--data-dir <path>', 'data directory of the server manager, or of the FL server')
    .action(
      managing(context, async (call, { api }) => {
        const { args, flags, output } = call;
        const version = await api.getModel(args[0]!, versionIn(args[1]), { signal });
        const verdict = await verifyVersion(call, resolve(cwd, String(flags.dataDir)), version);
        const { taskId, digest } = version;
        output.result({ taskId, version: version.version, digest, ...verdict }, () =>
          verdictText(version, verdict),
        );
        if (verdict.verdict !== 'follows') throw new BadOutcome(verdict.verdict);
      }),
    );
}

/** @throws {FedOpsError} `invalid-argument` */
function versionIn(word = 'latest'): number | 'latest' | 'best' {
  if (word === 'latest' || word === 'best') return word;
  const number = /^[vV]?([1-9]\d{0,8})$/.exec(word)?.[1];
  if (number !== undefined) return Number(number);
  throw new FedOpsError('invalid-argument', `version: expected a number, latest or best, got ${word}`);
}
