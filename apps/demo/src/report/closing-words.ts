import { partitionText } from '../data/partition.js';
import type { DemoOptions } from '../options/demo-options.js';
import { percent, seconds } from '../view/figures.js';
import type { DemoReport } from './demo-report.js';

/** The last lines of a demo that went well: the model, how good it is, and what to try next. */
export function closingWords({ final, seconds: took }: DemoReport, options: DemoOptions): readonly string[] {
  const { accuracy, loss, version, sha256, path } = final;
  const quality =
    accuracy === null || loss === null
      ? 'not measured'
      : `${percent(accuracy)} of the 10,000 test images right, loss ${loss.toFixed(4)}`;
  return [
    '',
    `Global model V${version}: ${quality}; ${seconds(took)} in all.`,
    `  file     ${path}`,
    `  SHA-256  ${sha256}`,
    '',
    'Try next:',
    `  ${again(options, '')}`,
    `      trains on from V${version} to V${version + 1}`,
    ...(options.partition.kind === 'iid'
      ? [
          `  ${again(options, '--partition shards:2')}`,
          '      the same with clients that have seen a few digits only',
        ]
      : [
          `  ${again({ ...options, partition: { kind: 'iid' } }, '')}`,
          '      the same with evenly spread digits',
        ]),
    `  ${again(options, `--clients ${options.clients + 2}`)}`,
    '      more clients with fewer images each',
  ];
}

/** A command line with the options that differ from the defaults of the ones a reader would want to keep. */
function again({ partition }: Pick<DemoOptions, 'partition'>, more: string): string {
  const kept =
    partition.kind === 'iid' || more.startsWith('--partition')
      ? ''
      : `--partition ${partitionText(partition)}`;
  const options = [kept, more].filter((part) => part !== '').join(' ');
  return options === '' ? 'npm run demo' : `npm run demo -- ${options}`;
}
