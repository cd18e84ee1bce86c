import { connect } from 'node:net';
import { FedOpsError } from '@fedops/shared-types';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express, { type ErrorRequestHandler } from 'express';
import { jsonBody, type Listener } from '../src/index.js';
import { send } from './raw-http.js';
import { serve } from './service.js';

describe('jsonBody', () => {
  let listener: Listener;
  let failure: Promise<string>;

  beforeEach(async () => {
    let fail: (code: string) => void = () => {};
    failure = new Promise((resolve) => {
      fail = resolve;
    });
    const remember: ErrorRequestHandler = (error, _request, _response, next) => {
      if (FedOpsError.is(error)) fail(error.code);
      next(error);
    };
    listener = await serve((app) => {
      app.post('/', jsonBody({ limitBytes: 100 }), (request, response) => {
        response.json({ body: request.body === undefined ? 'undefined' : request.body });
      });
      app.use(remember);
    });
  });
  afterEach(() => listener.close({ graceMs: 0 }));

  const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
    send(listener.url, { method: 'POST', headers, body });

  it('reads JSON without a content type, as Python sends it', async () => {
    expect(JSON.parse((await post('{"a":[1]}')).body)).toEqual({ body: { a: [1] } });
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'application/problem+json'])(
    'reads JSON as %s',
    async (type) => {
      expect((await post('{"ä":1}', { 'Content-Type': type })).status).toBe(200);
    },
  );

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'])(
    'refuses a body of %s',
    async (type) => {
      const answer = await post('{"a":1}', { 'Content-Type': type });
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'invalid-argument' });
    },
  );

  it('gives undefined for an empty body, whatever its type', async () => {
    expect(JSON.parse((await post('')).body)).toEqual({ body: 'undefined' });
    const typed = await post('', { 'Content-Type': 'text/plain', 'Content-Length': '0' });
    expect(JSON.parse(typed.body)).toEqual({ body: 'undefined' });
  });

  it.each(['{', '{"a":}', 'NaN', ' '])('refuses the malformed body "%s"', async (body) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'invalid-argument' });
  });

  it('refuses bytes that are no UTF-8', async () => {
    expect((await post(Buffer.from([0x22, 0xff, 0x22]))).status).toBe(400);
  });

  it('refuses a compressed body', async () => {
    expect((await post('{}', { 'Content-Encoding': 'gzip' })).status).toBe(400);
  });

  it('takes a body of exactly the limit and refuses one byte more', async () => {
    expect((await post(`"${'x'.repeat(98)}"`)).status).toBe(200);
    const answer = await post(`"${'x'.repeat(99)}"`);
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'too-large' });
  });

  it('refuses a body over the limit that does not announce its length', async () => {
    expect((await post('x'.repeat(5_000), { 'Transfer-Encoding': 'chunked' })).status).toBe(413);
  });

  it('takes over what another parser read before it, an empty body as undefined', async () => {
    const parsed = await serve((app) => {
      app.post('/', express.json(), jsonBody({ limitBytes: 100 }), (request, response) => {
        response.json({ body: request.body === undefined ? 'undefined' : request.body });
      });
    });
    const headers = { 'Content-Type': 'application/json' };
    const post = (body: string) =>
      send(parsed.url, {
        method: 'POST',
        headers: { ...headers, 'Content-Length': String(body.length) },
        body,
      });
    try {
      expect(JSON.parse((await post('{"a":1}')).body)).toEqual({ body: { a: 1 } });
      expect(JSON.parse((await post('')).body)).toEqual({ body: 'undefined' });
    } finally {
      await parsed.close({ graceMs: 0 });
    }
  });

  it('gives up on a sender that breaks off within the body', async () => {
    const socket = connect(listener.port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{"a"', () =>
      socket.destroy(),
    );
    expect(await failure).toBe('aborted');
  });
});
