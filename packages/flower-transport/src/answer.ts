import type { WorkResult } from '@fedops/client-session';
import { type ClientMessage, type StatusCode, SUCCESS, scalarsOfMetrics, tensorListOf } from '@fedops/flower';
import type { FailureReport } from '@fedops/shared-types';

/** The only status codes that Flower has for work that was not done, whatever the reason: the message tells it. */
const NOT_DONE: Readonly<Record<FailureReport['work'], StatusCode>> = {
  fit: 'fit-not-implemented',
  evaluate: 'evaluate-not-implemented',
};

/** What came of a piece of work, as a Flower client answers it. */
export function answerOf(result: WorkResult): ClientMessage {
  switch (result.kind) {
    case 'update': {
      const { header, parameters } = result;
      return {
        kind: 'fit',
        status: SUCCESS,
        parameters: tensorListOf(parameters),
        numExamples: BigInt(header.numExamples),
        metrics: scalarsOfMetrics(header.metrics),
      };
    }
    case 'evaluation': {
      const { loss, numExamples, metrics } = result.evaluation;
      const facts = { numExamples: BigInt(numExamples), metrics: scalarsOfMetrics(metrics) };
      return { kind: 'evaluation', status: SUCCESS, loss, ...facts };
    }
    case 'failure': {
      const { work, code, message } = result.failure;
      const status = { code: NOT_DONE[work], message: `${code}: ${message}` };
      const nothing = { numExamples: 0n, metrics: new Map() };
      return work === 'fit'
        ? { kind: 'fit', status, parameters: { tensors: [] }, ...nothing }
        : { kind: 'evaluation', status, loss: 0, ...nothing };
    }
  }
}
