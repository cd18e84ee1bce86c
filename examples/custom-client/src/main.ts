import { writeFile } from 'node:fs/promises';
import { FedOpsError } from '@fedops/shared-types';
import { runExperiment } from './experiment.js';
import { reportText } from './federation/report-text.js';
import { type Options, parseOptions, USAGE } from './options.js';

async function main(options: Options): Promise<void> {
  const began = performance.now();
  const { federation, scores, summary } = await runExperiment(options);
  const seconds = (performance.now() - began) / 1000;

  const { version, sha256, history } = federation;
  console.log(reportText({ scores, summary }));
  console.log(`V${version} after ${options.rounds} rounds in ${seconds.toFixed(1)} s, SHA-256 ${sha256}`);
  if (options.json === undefined) return;
  const rounds = history.map(({ round, clientEvaluation }) => ({ round, ...clientEvaluation }));
  const result = { options, scores, summary, rounds, model: { version, sha256 }, seconds };
  await writeFile(options.json, `${JSON.stringify(result, null, 2)}\n`);
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(USAGE);
  else await main(options);
} catch (cause) {
  const { code, message } = FedOpsError.from(cause);
  console.error(`${code}: ${message}`);
  process.exitCode = 1;
}
