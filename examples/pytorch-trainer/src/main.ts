import { FedOpsError } from '@fedops/shared-types';
import { roundLines } from './federation/round-line.js';
import { runFederation } from './federation/run-federation.js';
import { parseOptions, USAGE } from './options.js';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(USAGE);
  } else {
    const version = await runFederation(options, (record) => console.log(roundLines(record).join('\n')));
    console.log(`published V${version}`);
  }
} catch (cause) {
  const { code, message } = FedOpsError.from(cause);
  console.error(`${code}: ${message}`);
  process.exitCode = 1;
}
