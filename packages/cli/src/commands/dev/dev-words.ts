import type { Metrics } from '@fedops/shared-types';
import type { Style } from '../../output/style.js';
import { facts } from '../../words/facts.js';
import { metricsText } from '../../words/metrics-text.js';

export interface Opening {
  readonly url: string;
  readonly dataDir: string;
}

export function openingText({ url, dataDir }: Opening, { bold }: Style): string {
  return `server manager ready: ${bold(url)}, data in ${dataDir}`;
}

export interface TrainedModel {
  readonly taskId: string;
  readonly version: number;
  readonly path: string;
  readonly digest: string;
  /** Measured by the FL server on digits that no client has. */
  readonly metrics: Metrics;
}

export function modelText(model: TrainedModel): string {
  const { accuracy, loss } = model.metrics;
  const measured = { ...(accuracy !== undefined && { accuracy }), ...(loss !== undefined && { loss }) };
  return facts([
    ['model', `V${model.version} of ${model.taskId}`],
    ['held out', metricsText(measured)],
    ['file', model.path],
    ['SHA-256', model.digest],
  ]);
}

export interface Staying {
  /** The line with which a further machine joins; holds the secret that this takes. */
  readonly join: string;
  /** The line that starts the next run. */
  readonly again: string;
  /** Whether other machines cannot reach it. */
  readonly isLocal: boolean;
}

/** What one can do while the federation goes on. */
export function stayingText({ join, again, isLocal }: Staying, { bold }: Style): string {
  return [
    '',
    isLocal
      ? 'Another client joins from another terminal of this machine (from other machines: fedops dev --host ADDRESS):'
      : 'A further machine joins with this line, whose token lets its holder train along:',
    `  ${bold(join)}`,
    'The next run:',
    `  ${bold(again)}`,
    'Ctrl-C ends it all.',
  ].join('\n');
}
