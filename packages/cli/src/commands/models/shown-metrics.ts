import type { ModelVersion } from '@fedops/shared-types';
import { metricsText } from '../../words/metrics-text.js';

/** As many as a line has room for. */
const MOST = 3;

/** Of the fits, in which a client measures while the model still changes under it. */
const OF_FITS = /^fit_/;

/** A version's first measurements in a few words, those of its evaluation before those of its fits, and how many more there are. */
export function shownMetrics({ metrics }: Pick<ModelVersion, 'metrics'>): string {
  const all = Object.entries(metrics);
  const evaluated = all.filter(([name]) => !OF_FITS.test(name));
  const shown = (evaluated.length > 0 ? evaluated : all).slice(0, MOST);
  const more = all.length - shown.length;
  return `${metricsText(Object.fromEntries(shown))}${more > 0 ? ` and ${more} more` : ''}`;
}
