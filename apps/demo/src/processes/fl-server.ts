import { ServerAPI } from '@fedops/client-api';
import { workerTrainer } from '@fedops/client-session/node';
import {
  type CentralEvaluate,
  createManagerReporter,
  FLServer,
  type Reporter,
  type RunningServer,
  type RunOutcome,
  systemClock,
} from '@fedops/server';
import { fedAvg } from '@fedops/strategies';
import { useWasmBackend } from '@fedops/tfjs';
import { initialParameters } from '../model/two-nn.js';
import type { Outcome } from './messages.js';
import type { ParentLine } from './parent-line.js';
import { runChild } from './run-child.js';
import { runPolicy } from './run-policy.js';
import { FlServerProcessSettingsSchema } from './settings.js';
import { TASK_ID } from './task-id.js';

const TELL_EVERY_MS = 100;

await runChild('fl-server', FlServerProcessSettingsSchema, async (settings, { parent, logger }) => {
  const { managerUrl, dataDir, clients, rounds, seed, examples } = settings;
  const trainer = new URL('../model/trainer.js', import.meta.url);
  const examiner = workerTrainer(trainer, { data: { role: 'examiner' } });
  await examiner.ready();

  const api = new ServerAPI(TASK_ID, { baseUrl: managerUrl }, { env: {} });
  const evaluate: CentralEvaluate = (parameters, { round, signal }) =>
    examiner.evaluate({ parameters, round, seed: 0, config: {} }, { signal, progress: () => {} });

  const server = await new FLServer(
    { taskId: TASK_ID, rounds, seed, dataDir, listen: { port: 0 }, ...runPolicy(clients) },
    {
      strategy: fedAvg({
        fitConfig: { localEpochs: 1, batchSize: 32, learningRate: 0.1, maxExamples: examples },
      }),
      initialParameters: async () => {
        await useWasmBackend();
        return initialParameters(seed);
      },
      evaluate,
      reporter: tellingParent(createManagerReporter({ api, clock: systemClock, logger }), parent),
      logger,
    },
  ).start();

  parent.tell({ kind: 'run-began', baseVersion: server.view().baseVersion });
  parent.tell({ kind: 'ready', url: server.url, port: server.port });
  const stopTelling = tellState(server, parent);
  void server.finished.then((outcome) => {
    stopTelling();
    parent.tell({ kind: 'outcome', outcome: outcomeToTell(outcome) });
  });

  return {
    async close() {
      stopTelling();
      await server.close();
      await examiner.close();
    },
  };
});

/** Rounds go to the parent as well as to the manager. */
function tellingParent(reporter: Reporter, parent: ParentLine): Reporter {
  return {
    report(report) {
      if (report.kind === 'round-ended') parent.tell({ kind: 'round-ended', record: report.record });
      reporter.report(report);
    },
    close: (withinMs) => reporter.close(withinMs),
  };
}

/** Tells the parent again and again what the run is doing; returns the way to stop. */
function tellState(server: RunningServer, parent: ParentLine): () => void {
  const tell = () => parent.tell({ kind: 'run-state', state: server.view().state });
  const timer = setInterval(tell, TELL_EVERY_MS);
  return () => clearInterval(timer);
}

function outcomeToTell(outcome: RunOutcome): Outcome {
  return outcome.status === 'published'
    ? outcome
    : { status: 'failed', reason: outcome.reason, message: outcome.error.message };
}
