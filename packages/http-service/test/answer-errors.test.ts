import { FEDOPS_ERROR_CODES, FedOpsError, HTTP_STATUS_OF } from '@fedops/shared-types';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { RequestHandler } from 'express';
import type { Listener } from '../src/index.js';
import { send, sendBytes } from './raw-http.js';
import { rememberingLogger, serve } from './service.js';

describe('answerErrors', () => {
  let listener: Listener | undefined;
  afterEach(() => listener?.close({ graceMs: 0 }));

  async function answerTo(handler: RequestHandler, path = '/') {
    const logger = rememberingLogger();
    listener = await serve((app) => app.get('/{:name}', handler), logger);
    return { answer: await send(listener.url, { path }), logger };
  }

  it.each(FEDOPS_ERROR_CODES.filter((code) => code !== 'internal'))(
    'answers %s with its status and facts',
    async (code) => {
      const { answer } = await answerTo(() => {
        throw new FedOpsError(code, 'what was expected', {
          details: { round: 3 },
          cause: new Error('private'),
        });
      });
      expect(answer.status).toBe(HTTP_STATUS_OF[code]);
      expect(JSON.parse(answer.body)).toEqual({ code, message: 'what was expected', details: { round: 3 } });
      expect(answer.headers['retry-after']).toBeUndefined();
    },
  );

  it('says when to come again', async () => {
    const { answer } = await answerTo(() => {
      throw new FedOpsError('overloaded', 'later', { details: { retryAfterMs: 1_200 } });
    });
    expect(answer.headers['retry-after']).toBe('2');
  });

  it.each([
    new Error('/home/me/secret.txt'),
    'a string',
    undefined,
    new FedOpsError('internal', '/home/me/secret.txt'),
  ])('tells nothing of the unknown error %p and logs it whole', async (thrown) => {
    const { answer, logger } = await answerTo(async () => {
      await Promise.reject(thrown ?? new TypeError('secret.txt'));
    });
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'internal' });
    expect(answer.body).not.toContain('secret');
    const line = logger.lines.find(({ level }) => level === 'error');
    expect(line?.fields).toMatchObject({ method: 'GET', path: '/' });
    expect(line?.fields).toHaveProperty('err', thrown ?? expect.any(TypeError));
  });

  it('does not log as an error what the caller did wrong', async () => {
    const { logger } = await answerTo(() => {
      throw new FedOpsError('invalid-argument', 'no');
    });
    expect(logger.lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('cuts the connection where the answer has begun', async () => {
    const begun = answerTo((_request, response) => {
      response.write('half');
      throw new FedOpsError('storage', 'disk full');
    });
    await expect(begun).rejects.toThrow();
  });

  it('answers a path that cannot be decoded', async () => {
    const { answer } = await answerTo((_request, response) => response.end(), '/%E0%A4%A');
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'invalid-argument' });
  });

  it('answers not-found where there is no route', async () => {
    const { answer } = await answerTo((_request, response) => response.end(), '/a/b');
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'not-found' });
  });

  it('answers bytes that are no HTTP, and a header that is too long', async () => {
    const { url } = await serve(() => {}).then((running) => {
      listener = running;
      return running;
    });
    expect(await sendBytes(url, 'HELLO\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*"code":"invalid-argument"/s);
    const long = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`;
    expect(await sendBytes(url, long)).toMatch(/^HTTP\/1\.1 413 .*"code":"too-large"/s);
  });
});
