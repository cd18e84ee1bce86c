import { FedOpsError, type RoundRecord } from '@fedops/shared-types';
import { roundLines } from './federation/round-line.js';
import { runFederation } from './federation/run-federation.js';
import { parseOptions, USAGE } from './options.js';

try {
  const options = parseOptions(process.argv.slice(2), process.cwd());
  if (options === undefined) {
    console.log(USAGE);
  } else {
    const interruption = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => interruption.abort());
    const tell = (record: RoundRecord) => console.log(roundLines(record).join('\n'));
    const version = await runFederation(options, tell, interruption.signal);
    console.log(`published V${version}`);
  }
} catch (cause) {
  const { code, message } = FedOpsError.from(cause);
  console.error(`${code}: ${message}`);
  process.exitCode = 1;
}
