import { partitionText } from '../data/partition.js';
import { RUNS } from '../federation/mishap.js';
import { type DemoOptions, MOST_CLIENTS } from '../options/demo-options.js';
import { percent, seconds } from '../view/figures.js';
import type { DemoReport } from './demo-report.js';

/**
 * The last lines of a demo that went well: the model, how good it is, and what to try next.
 *
 * @param defaultDataDir Where a demo without `--data-dir` would go on.
 */
export function closingWords(
  { final, killed, joined, seconds: took }: DemoReport,
  options: DemoOptions,
  defaultDataDir: string,
): readonly string[] {
  const { accuracy, loss, version, sha256, path } = final;
  const quality =
    accuracy === null || loss === null
      ? 'not measured'
      : `${percent(accuracy)} of the 10,000 test images right, loss ${loss.toFixed(4)}`;
  return [
    '',
    `Global model V${version}: ${quality}; ${seconds(took)} in all.`,
    ...(killed === null
      ? []
      : [
          `  ${killed.clientId} was killed in round ${killed.round} of run ${killed.runId}, which went on without it.`,
        ]),
    ...(joined === null || joined.fromRound === null
      ? []
      : [`  ${joined.clientId} joined late and took part from round ${joined.fromRound} on.`]),
    `  file     ${path}`,
    `  SHA-256  ${sha256}`,
    '',
    `Try next, each from V${version} to V${version + RUNS}:`,
    ...suggestions(options, defaultDataDir).flatMap(([command, why]) => [`  ${command}`, `      ${why}`]),
  ];
}

function suggestions(options: DemoOptions, defaultDataDir: string): readonly (readonly [string, string])[] {
  const { clients, partition, dataDir } = options;
  const isEven = partition.kind === 'iid';
  const same = isEven ? [] : [`--partition ${partitionText(partition)}`];
  const other = isEven ? ['--partition shards:2'] : [];
  const place = dataDir === defaultDataDir ? [] : [`--data-dir ${shellWord(dataDir)}`];
  return [
    [command([...same, ...place]), 'train on with the same clients'],
    [
      command([...other, ...place]),
      isEven ? 'with clients that have seen a few digits only' : 'with evenly spread digits',
    ],
    [
      command([...same, `--clients ${Math.min(clients + 2, MOST_CLIENTS)}`, ...place]),
      'with more clients and fewer images each',
    ],
  ];
}

function command(options: readonly string[]): string {
  return ['npm run demo', ...(options.length === 0 ? [] : ['--', ...options])].join(' ');
}

function shellWord(text: string): string {
  return /^[\w./:\\-]+$/.test(text) ? text : `"${text}"`;
}
