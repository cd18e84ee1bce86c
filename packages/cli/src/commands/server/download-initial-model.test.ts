import { createHash } from 'node:crypto';
import { writeNpz, writeSafetensors } from '@fedops/model-files';
import { createParameters } from '@fedops/parameters';
import type { InitialModelSource } from '@fedops/server';
import { FedOpsError } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { downloadInitialModel } from './download-initial-model.js';

const MODEL = createParameters([{ name: 'w', shape: [3], dtype: 'float32' }], [Float32Array.of(1, 2, 3)]);
const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const signal = new AbortController().signal;

function sourceOf(file: Uint8Array, format: InitialModelSource['format']): InitialModelSource {
  return { url: new URL('http://models.test/secret-token/model?key=secret'), sha256: sha256Of(file), format };
}

const answering = (answer: () => Response | Promise<Response>) => ({
  fetch: (async () => answer()) as typeof fetch,
});

async function failureOf(work: Promise<unknown>): Promise<FedOpsError> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (FedOpsError.is(error)) return error;
  throw new Error(`expected a FedOpsError, got ${error}`);
}

describe('the model that an environment names', () => {
  it.each([
    ['npz', writeNpz(MODEL)],
    ['safetensors', writeSafetensors(MODEL)],
  ] as const)('is read from %s once it is the one that was named', async (format, file) => {
    const context = answering(() => new Response(file));
    const { signature, tensors } = await downloadInitialModel(context, sourceOf(file, format), { signal });
    expect([signature, tensors]).toEqual([MODEL.signature, MODEL.tensors]);
  });

  const file = writeNpz(MODEL);
  const source = sourceOf(file, 'npz');

  it.each([
    ['another SHA-256', () => new Response(writeNpz(MODEL, { compression: 'deflated' })), 'bad-response'],
    ['nothing', () => new Response(null), 'bad-response'],
    ['no such model', () => new Response('', { status: 404 }), 'not-found'],
    ['a broken server', () => new Response('', { status: 502 }), 'unavailable'],
    [
      'no answer',
      () => Promise.reject(new TypeError('fetch failed', { cause: new Error('refused') })),
      'unavailable',
    ],
  ])('is refused for %s, and no path or query is told', async (_what, answer, code) => {
    const error = await failureOf(downloadInitialModel(answering(answer), source, { signal }));
    expect(error.code).toBe(code);
    expect(error.message).toContain('FEDOPS_INITIAL_MODEL_URL: the model at models.test');
    expect(error.message).not.toContain('secret');
  });

  it('is given up as soon as it is larger than allowed', async () => {
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(1_000));
      },
    });
    const context = answering(() => new Response(endless));
    const error = await failureOf(downloadInitialModel(context, source, { signal, maxBytes: 5_000 }));
    expect(error.code).toBe('too-large');
    expect(pulled).toBeLessThan(10);
  });

  it('is refused where it is of another format than it is said to be', async () => {
    const other = writeSafetensors(MODEL);
    const context = answering(() => new Response(other));
    const error = await failureOf(downloadInitialModel(context, sourceOf(other, 'npz'), { signal }));
    expect(error.code).toBe('invalid-argument');
    expect(error.message).not.toContain('secret');
  });

  const waiting = {
    fetch: ((_url, init) =>
      new Promise((_, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      })) as typeof fetch,
  };

  it('is waited for no longer than allowed', async () => {
    const error = await failureOf(downloadInitialModel(waiting, source, { signal, withinMs: 1 }));
    expect(error.code).toBe('unavailable');
  });

  it('is not waited for when the command ends', async () => {
    const ending = new AbortController();
    const download = failureOf(downloadInitialModel(waiting, source, { signal: ending.signal }));
    ending.abort();
    expect((await download).code).toBe('aborted');
  });
});
