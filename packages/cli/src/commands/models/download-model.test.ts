import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FedOpsError, type TaskId } from '@fedops/shared-types';
import { expect, it } from '@jest/globals';
import { downloadModel } from './download-model.js';

const model = { taskId: 'mnist' as TaskId, version: 1, digest: 'ab'.repeat(32), byteLength: 1_000 };
const clock = { now: () => 0, sleep: async () => {} };

it('takes no more from an answer that does not end than tells that it is too long', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'fedops-download-'));
  let sent = 0;
  let isCancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 400;
      if (sent > 100_000) controller.close();
      else controller.enqueue(new Uint8Array(400));
    },
    cancel() {
      isCancelled = true;
    },
  });
  try {
    const download = downloadModel(
      { manager: { ask: async () => new Response(endless) }, clock, progress: () => {} },
      model,
      { path: join(directory, 'part'), signal: new AbortController().signal },
    );
    const error: unknown = await download.catch((thrown: unknown) => thrown);
    expect(FedOpsError.is(error) && error.code).toBe('bad-response');
    expect(isCancelled).toBe(true);
    expect(await readdir(directory)).toEqual([]);
  } finally {
    await rm(directory, { recursive: true });
  }
});
