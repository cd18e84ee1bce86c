import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TrainerContext, WorkOrigin } from '@fedops/client-session';
import { type WorkerTrainer, type WorkerTrainerOptions, workerTrainer } from '@fedops/client-session/node';
import { createParameters, type Parameters } from '@fedops/parameters';
import { FedOpsError } from '@fedops/shared-types';
import { afterEach, describe, expect, test } from '@jest/globals';

const TRAINER = new URL('./fixtures/scripted-trainer.mjs', import.meta.url);
const open: WorkerTrainer[] = [];

afterEach(() => Promise.all(open.splice(0).map((trainer) => trainer.close())));

function aTrainer(options: WorkerTrainerOptions = {}, url: URL | string = TRAINER): WorkerTrainer {
  const trainer = workerTrainer(url, options);
  open.push(trainer);
  return trainer;
}

function aModel(): Parameters {
  const buffer = new ArrayBuffer(68);
  return createParameters(
    [
      { name: 'w', shape: [3], dtype: 'float32' },
      { name: 'b', shape: [1], dtype: 'float32' },
    ],
    [new Float32Array(buffer, 0, 3).fill(1), new Float32Array(buffer, 64, 1).fill(5)],
  );
}

function anInput(config: Record<string, string | number> = {}, parameters = aModel()) {
  return { parameters, config, round: 1, seed: 11 };
}

function aContext(over: Partial<TrainerContext> = {}): TrainerContext {
  return { signal: new AbortController().signal, progress: () => undefined, ...over };
}

/** A context that tells when the trainer has begun. */
function aWatchedContext(signal?: AbortSignal): { context: TrainerContext; begun: Promise<void> } {
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  return { context: aContext({ progress: begin, ...(signal === undefined ? {} : { signal }) }), begun };
}

async function rejection(promise: Promise<unknown>): Promise<FedOpsError> {
  return promise.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error) => error,
  );
}

describe('a worker trainer', () => {
  test('fits and evaluates in its thread', async () => {
    const trainer = aTrainer({ data: { n: 42 } });
    const { parameters, numExamples, metrics } = await trainer.fit(anInput(), aContext());
    expect(parameters.tensors.map((tensor) => [...tensor])).toEqual([[2, 2, 2], [6]]);
    expect({ numExamples, metrics }).toEqual({ numExamples: 1, metrics: { data: 42, seed: 11 } });
    expect(await trainer.evaluate(anInput({}, parameters), aContext())).toMatchObject({
      loss: 2,
      numExamples: 1,
    });
  });

  test("knows its module's signature once it is ready", async () => {
    const { signature } = aModel();
    const trainer = aTrainer({ data: { signature } });
    expect(trainer.signature).toBeUndefined();
    await trainer.ready();
    expect(trainer.signature).toEqual(signature);
  });

  test('is not made of a module whose signature is none', async () => {
    const trainer = aTrainer({ data: { signature: [{ name: 'w', shape: 'flat' }] } });
    expect(await rejection(trainer.ready())).toMatchObject({ code: 'invalid-argument' });
    expect(trainer.signature).toBeUndefined();
  });

  test("takes the caller's buffer instead of copying it", async () => {
    const input = anInput();
    const { parameters } = await aTrainer().fit(input, aContext());
    expect(input.parameters.tensors[0]!.byteLength).toBe(0);
    expect(parameters.tensors[0]!.buffer).toBe(parameters.tensors[1]!.buffer);
  });

  test('takes tensors in buffers of their own, both ways', async () => {
    const { signature } = aModel();
    const separate = createParameters(signature, [new Float32Array(3), new Float32Array(1)]);
    const { parameters } = await aTrainer().fit(anInput({ returns: 'separate' }, separate), aContext());
    expect(parameters.tensors.map((tensor) => [...tensor])).toEqual([[1, 1, 1], [1]]);
    expect(separate.tensors[0]!.length).toBe(3);
  });

  test('keeps its trainer from call to call', async () => {
    const trainer = aTrainer();
    await trainer.fit(anInput(), aContext());
    expect((await trainer.fit(anInput(), aContext())).numExamples).toBe(2);
  });

  test('refuses a second call while one is under way', async () => {
    const trainer = aTrainer();
    const first = trainer.fit(anInput({ does: 'burn', ms: 100 }), aContext());
    expect(await rejection(trainer.fit(anInput(), aContext()))).toMatchObject({ code: 'conflict' });
    expect((await first).numExamples).toBe(1);
  });

  test('tells of progress at most ten times a second', async () => {
    const seen: number[] = [];
    const progress = (fraction: number) => void seen.push(fraction);
    await aTrainer().fit(anInput({ does: 'burn', ms: 1_500 }), aContext({ progress }));
    // A busy machine lets the thread run less often than that.
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(seen.length).toBeLessThanOrEqual(17);
  });
});

describe('while the trainer burns CPU without yielding', () => {
  test('an HTTP server in the main thread answers throughout', async () => {
    const server = createServer((_request, response) => void response.end('here'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const abort = new AbortController();
    const { context, begun } = aWatchedContext(abort.signal);
    const fit = aTrainer({ abortGraceMs: 60_000 }).fit(anInput({ does: 'burn-until-aborted' }), context);
    await begun;
    for (let asked = 0; asked < 50; asked++) expect(await (await fetch(url)).text()).toBe('here');
    abort.abort();
    expect(await rejection(fit)).toMatchObject({ code: 'aborted' });
    server.close();
  });

  test('an abort is seen, and the thread lives on', async () => {
    const trainer = aTrainer({ abortGraceMs: 60_000 });
    await trainer.fit(anInput(), aContext());
    const abort = new AbortController();
    const { context, begun } = aWatchedContext(abort.signal);
    const fit = trainer.fit(anInput({ does: 'burn-until-aborted' }), context);
    await begun;
    abort.abort();
    expect(await rejection(fit)).toMatchObject({ code: 'aborted' });
    expect((await trainer.fit(anInput(), aContext())).numExamples).toBe(3);
  });
});

describe('an abort', () => {
  test('reaches a listener in the thread', async () => {
    const trainer = aTrainer({ abortGraceMs: 60_000 });
    await trainer.ready();
    const abort = new AbortController();
    const { context, begun } = aWatchedContext(abort.signal);
    const fit = trainer.fit(anInput({ does: 'wait-for-abort' }), context);
    await begun;
    abort.abort();
    expect(await rejection(fit)).toMatchObject({ code: 'aborted' });
  });

  test('that the trainer ignores ends the thread, and the next call has a fresh one', async () => {
    const trainer = aTrainer({ abortGraceMs: 200 });
    await trainer.fit(anInput(), aContext());
    const abort = new AbortController();
    const { context, begun } = aWatchedContext(abort.signal);
    const fit = trainer.fit(anInput({ does: 'ignore' }), context);
    await begun;
    abort.abort();
    expect(await rejection(fit)).toMatchObject({ code: 'aborted' });
    expect((await trainer.fit(anInput(), aContext())).numExamples).toBe(1);
  });

  test('before the call leaves the parameters where they are', async () => {
    const input = anInput();
    const error = await rejection(aTrainer().fit(input, aContext({ signal: AbortSignal.abort() })));
    expect(error).toMatchObject({ code: 'aborted' });
    expect(input.parameters.tensors[0]!.length).toBe(3);
  });
});

describe('what goes wrong in the thread', () => {
  test('an error of the trainer arrives with its message and stack', async () => {
    const error = await rejection(aTrainer().fit(anInput({ does: 'throw' }), aContext()));
    expect(error).toMatchObject({ code: 'internal', message: 'out of luck' });
    expect(error.cause).toMatchObject({ name: 'TypeError', message: 'out of luck' });
    expect((error.cause as Error).stack).toContain('scripted-trainer.mjs');
  });

  test('is told whose work it does', async () => {
    const origin = { taskId: 'mnist', runId: 'v2', clientId: 'device-7' } as WorkOrigin;
    const error = await rejection(
      aTrainer().fit({ ...anInput({ does: 'tell its origin' }), ...origin }, aContext()),
    );

    expect(error).toMatchObject({ code: 'conflict', message: 'mnist,v2,device-7' });
  });

  test('a FedOps error keeps its code and details', async () => {
    const error = await rejection(aTrainer().evaluate(anInput({ does: 'throw-ours' }), aContext()));
    expect(FedOpsError.is(error)).toBe(true);
    expect(error).toMatchObject({ code: 'overloaded', message: 'too warm', details: { celsius: 90 } });
  });

  test('tensors of another type than the signature says are a shape mismatch', async () => {
    const error = await rejection(aTrainer().fit(anInput({ returns: 'doubles' }), aContext()));
    expect(error).toMatchObject({ code: 'shape-mismatch' });
  });

  test.each([
    ['crash', 'crashed'],
    ['exit', '7'],
  ])('after %s the next call has a fresh thread', async (does, told) => {
    const trainer = aTrainer();
    const error = await rejection(trainer.fit(anInput({ does }), aContext()));
    expect(error).toMatchObject({ code: 'internal', message: expect.stringContaining(told) });
    expect((await trainer.fit(anInput(), aContext())).numExamples).toBe(1);
  });

  test('a module that is not there is an invalid argument', async () => {
    const trainer = aTrainer({}, new URL('./fixtures/nowhere.mjs', import.meta.url));
    expect(await rejection(trainer.ready())).toMatchObject({ code: 'invalid-argument' });
    expect(await rejection(trainer.fit(anInput(), aContext()))).toMatchObject({ code: 'invalid-argument' });
  });

  test('a module without createTrainer is an invalid argument', async () => {
    const trainer = aTrainer({}, new URL('./fixtures/no-trainer.mjs', import.meta.url));
    expect(await rejection(trainer.fit(anInput(), aContext()))).toMatchObject({ code: 'invalid-argument' });
  });

  test('a createTrainer that fails gives its own error', async () => {
    const trainer = aTrainer({ data: { fail: true } });
    expect(await rejection(trainer.fit(anInput(), aContext()))).toMatchObject({ code: 'storage' });
  });
});

describe('close', () => {
  test.each([
    ['under way', true],
    ['about to begin', false],
  ])('aborts a call that is %s, and every later one', async (_name, waits) => {
    const trainer = aTrainer();
    await trainer.ready();
    const { context, begun } = aWatchedContext();
    const failed = rejection(trainer.fit(anInput({ does: 'ignore' }), context));
    if (waits) await begun;
    await Promise.all([trainer.close(), trainer.close()]);
    expect(await failed).toMatchObject({ code: 'aborted' });
    expect(await rejection(trainer.fit(anInput(), aContext()))).toMatchObject({ code: 'aborted' });
    expect(await rejection(trainer.ready())).toMatchObject({ code: 'aborted' });
  });
});
