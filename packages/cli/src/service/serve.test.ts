import { FedOpsError } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { fakeContext } from '../../test/fake-context.js';
import type { Call } from '../call.js';
import { createOutput } from '../output/output.js';
import { type Service, serve } from './serve.js';

function aCall(flags: Record<string, unknown>, given: Parameters<typeof fakeContext>[0] = {}) {
  const context = fakeContext(given);
  const call: Call = {
    context,
    output: createOutput(context, 'json'),
    args: [],
    flags,
    config: () => Promise.reject(new Error('no file')),
  };
  const events = () =>
    context
      .said()
      .stdout.trim()
      .split('\n')
      .map((line) => JSON.parse(line).event);
  return { call, events };
}

function aService(more: Partial<Service> = {}) {
  let isClosed = false;
  const service: Service = {
    ready: { url: 'http://127.0.0.1:1' },
    close: async () => {
      isClosed = true;
    },
    ...more,
  };
  return { service, isClosed: () => isClosed };
}

test('a service is closed when the signal aborts', async () => {
  const ending = new AbortController();
  const { call, events } = aCall({}, { signal: ending.signal });
  const { service, isClosed } = aService();
  const served = serve(call, 'service', async () => service);
  ending.abort();
  await served;
  expect([isClosed(), events()]).toEqual([true, ['ready', 'stopped']]);
});

test('the end of standard input ends a service that is asked to heed it', async () => {
  const { call, events } = aCall({ stopOnEof: true }, { inputEnded: async () => {} });
  const { service, isClosed } = aService();
  await serve(call, 'service', async () => service);
  expect([isClosed(), events()]).toEqual([true, ['ready', 'stopped']]);
});

test('a service that fails is closed, and its error is the command\u2019s', async () => {
  const { call, events } = aCall({});
  const ended = Promise.reject(new FedOpsError('storage', 'the disk is full'));
  const { service, isClosed } = aService({ ended });
  const error = await serve(call, 'service', async () => service).catch(FedOpsError.from);
  expect(error).toMatchObject({ code: 'storage' });
  expect([isClosed(), events()]).toEqual([true, ['ready']]);
});
