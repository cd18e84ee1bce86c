import { timeText } from '@fedops/run-reader';
import type { Verdict } from '@fedops/server';
import type { ModelVersion } from '@fedops/shared-types';
import { printable } from '../../output/printable.js';
import { table } from '../../output/table.js';
import { byteText } from '../../words/byte-text.js';
import type { GotModel } from './get-model.js';
import { shownMetrics } from './shown-metrics.js';

/** The versions, a line for each; all that was measured is in `--json`. */
export function modelTable(models: readonly ModelVersion[]): string {
  if (models.length === 0) return 'no versions yet';
  return table(models, [
    { title: 'version', cell: ({ version }) => `V${version}` },
    { title: 'called', cell: ({ aliases }) => aliases.join(', ') },
    { title: 'from', cell: ({ baseVersion }) => (baseVersion === 0 ? 'initial' : `V${baseVersion}`) },
    { title: 'run', cell: ({ runId }) => runId },
    { title: 'published', cell: ({ publishedAt }) => timeText(publishedAt) },
    { title: 'size', cell: ({ byteLength }) => byteText(byteLength), align: 'right' },
    { title: 'metrics', cell: shownMetrics },
  ]);
}

export function gotText({ version, digest, path, bytes }: GotModel): string {
  return printable(`V${version} (${digest}): ${path}, ${byteText(bytes)}`);
}

/** What came of a verification. */
export function verdictText(version: ModelVersion, verdict: Verdict): string {
  const name = `V${version.version} of task ${printable(version.taskId)}`;
  switch (verdict.verdict) {
    case 'follows':
      return `${name} follows from its updates: ${version.digest}`;
    case 'differs':
      return printable(
        `${name} does NOT follow: ${verdict.subject} should be ${verdict.expected} and is ${verdict.actual}`,
      );
    case 'cannot-tell':
      return [
        `${name} cannot be verified. Missing:`,
        ...verdict.missing.map((what) => `  ${printable(what)}`),
        'Updates are private and deleted once aggregated, unless the FL server is told to keep them (limits.updates: keep).',
      ].join('\n');
  }
}
