import type { RunEvent } from '@fedops/shared-types';
import { FedOpsError } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { createRunReader } from '../src/index.js';
import { aServer, hastyClock, messageOf, refusing, sending, streaming } from './fake-server.js';
import { anEvent, aReset, aView } from './views.js';

const TOKEN = 'enrolment-token-of-the-task';

async function codeOf(task: Promise<unknown>): Promise<string> {
  return task.then(
    () => 'no error',
    (error: unknown) => FedOpsError.from(error).code,
  );
}

/** The first so many events, and then no more. */
async function first(count: number, events: AsyncIterable<RunEvent>): Promise<string[]> {
  const ids: string[] = [];
  if (count === 0) return ids;
  for await (const { id } of events) if (ids.push(id) === count) break;
  return ids;
}

describe('view', () => {
  it('is what the server answers, asked for with the token and behind any path', async () => {
    const { baseUrl, asked } = await aServer(refusing(200, aView()));
    const reader = createRunReader({ baseUrl: `${baseUrl}/fl/`, token: TOKEN });
    expect(await reader.view()).toEqual(aView());
    expect(asked[0]).toMatchObject({ url: '/fl/v1/run', headers: { authorization: `Bearer ${TOKEN}` } });
  });

  it.each([
    ['unauthenticated', refusing(401, { code: 'unauthenticated', message: 'expected a token' })],
    ['permission-denied', refusing(403, '<html>no</html>')],
    ['unavailable', refusing(503, '')],
    ['bad-response', refusing(200, '<html>welcome</html>')],
    ['bad-response', refusing(200, { ...aView(), state: { phase: 'dancing' } })],
    ['unavailable', (response: { destroy(): void }) => response.destroy()],
  ] as const)('fails with %s', async (code, answer) => {
    const { baseUrl } = await aServer(answer);
    expect(await codeOf(createRunReader({ baseUrl }).view())).toBe(code);
  });

  it('fails with aborted when it is', async () => {
    const { baseUrl } = await aServer(() => {});
    const stop = new AbortController();
    const view = createRunReader({ baseUrl }).view({ signal: stop.signal });
    stop.abort();
    expect(await codeOf(view)).toBe('aborted');
  });

  it('fails with deadline-exceeded when nothing comes', async () => {
    const { baseUrl } = await aServer(() => {});
    const clock = {
      after: (_ms: number, callback: () => void) => {
        setImmediate(callback);
        return { cancel: () => {} };
      },
    };
    expect(await codeOf(createRunReader({ baseUrl, clock }).view())).toBe('deadline-exceeded');
  });

  it.each(['nonsense', 'ftp://host', 'http://user:secret@host', 'http://host?x=1'])(
    'needs an address, not %s',
    (baseUrl) => {
      expect(() => createRunReader({ baseUrl })).toThrow(
        expect.objectContaining({ code: 'invalid-argument' }),
      );
    },
  );
});

describe('events', () => {
  it('go on after the last one when the connection ends or breaks, each once', async () => {
    const { baseUrl, urls } = await aServer(
      streaming([aReset('r-1.0'), anEvent('r-1.1')], 'breaks'),
      streaming([anEvent('r-1.1'), anEvent('r-1.2')]),
      streaming([anEvent('r-1.2'), anEvent('r-2.0')], 'stays'),
    );
    const { clock } = hastyClock();
    const reader = createRunReader({ baseUrl, clock });
    expect(await first(4, reader.events())).toEqual(['r-1.0', 'r-1.1', 'r-1.2', 'r-2.0']);
    expect(urls()).toEqual(['/v1/run/events', '/v1/run/events?after=r-1.1', '/v1/run/events?after=r-1.2']);
  });

  it('begin after the one that is named', async () => {
    const { baseUrl, urls } = await aServer(streaming([anEvent('r-6.0')], 'stays'));
    expect(await first(1, createRunReader({ baseUrl }).events({ after: 'r-5.0' }))).toEqual(['r-6.0']);
    expect(urls()).toEqual(['/v1/run/events?after=r-5.0']);
  });

  it('have a whole picture among them where the reader was too far behind', async () => {
    const { baseUrl } = await aServer(
      streaming([anEvent('r-1.0')]),
      streaming([aReset('r-900.0'), anEvent('r-901.0')], 'stays'),
    );
    const { clock } = hastyClock();
    const ids = await first(3, createRunReader({ baseUrl, clock }).events({ after: '0' }));
    expect(ids).toEqual(['r-1.0', 'r-900.0', 'r-901.0']);
  });

  it('are taken from another run that the server serves after a restart', async () => {
    const { baseUrl } = await aServer(streaming([anEvent('r-9.0')]), streaming([aReset('s-1.0')], 'stays'));
    const { clock } = hastyClock();
    expect(await first(2, createRunReader({ baseUrl, clock }).events())).toEqual(['r-9.0', 's-1.0']);
  });

  it('may be cut anywhere, also within a character', async () => {
    const event = { ...anEvent('r-1.0'), name: 'Küche' } as RunEvent;
    const bytes = Buffer.from(messageOf(event));
    const { baseUrl } = await aServer((response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      let at = 0;
      const next = () => {
        if (at >= bytes.length) return;
        response.write(bytes.subarray(at, ++at), () => setImmediate(next));
      };
      next();
    });
    for await (const came of createRunReader({ baseUrl }).events()) {
      expect(came).toEqual(event);
      break;
    }
  });

  it('of a kind that is not known are passed over, and not asked for again', async () => {
    const unknown = 'id: r-2.0\nevent: dance-began\ndata: {"some":"thing"}\n\n: still here\n\n';
    const { baseUrl, urls } = await aServer(
      sending(`${messageOf(anEvent('r-1.0'))}${unknown}`),
      streaming([anEvent('r-3.0')], 'stays'),
    );
    const { clock } = hastyClock();
    expect(await first(2, createRunReader({ baseUrl, clock }).events())).toEqual(['r-1.0', 'r-3.0']);
    expect(urls()[1]).toBe('/v1/run/events?after=r-2.0');
  });

  it('come again after a server that is busy or away for a while, which is waited for longer and longer', async () => {
    const busy = refusing(429, { code: 'overloaded', message: 'busy' }, { 'Retry-After': '5' });
    const { baseUrl, asked } = await aServer(
      streaming([anEvent('r-1.0')]),
      refusing(502, ''),
      refusing(503, ''),
      busy,
      streaming([anEvent('r-2.0')], 'stays'),
    );
    const { clock, pauses } = hastyClock();
    expect(await first(2, createRunReader({ baseUrl, clock }).events())).toEqual(['r-1.0', 'r-2.0']);
    expect(asked).toHaveLength(5);
    const [, second, third, fourth] = pauses as [number, number, number, number];
    expect(second).toBeGreaterThanOrEqual(250);
    expect(third).toBeGreaterThanOrEqual(500);
    expect(fourth).toBeGreaterThanOrEqual(5_000);
  });

  it('end with unavailable when the server stays away, after ten minutes of attempts', async () => {
    const { baseUrl } = await aServer(streaming([anEvent('r-1.0')]), refusing(503, ''));
    const { clock, pauses } = hastyClock();
    expect(await codeOf(first(2, createRunReader({ baseUrl, clock }).events()))).toBe('unavailable');
    const waitedMs = pauses.reduce((sum, ms) => sum + ms, 0);
    expect(waitedMs).toBeGreaterThanOrEqual(600_000);
    expect(waitedMs).toBeLessThan(620_000);
  });

  it.each([
    ['unauthenticated', refusing(401, { code: 'unauthenticated', message: 'no' })],
    ['unavailable', refusing(503, '')],
    ['bad-response', refusing(200, '<html>welcome</html>', { 'Content-Type': 'text/html' })],
    ['bad-response', sending('event: client-lost\ndata: {"id":\n\n')],
    ['bad-response', sending('event: client-lost\ndata: {"kind":"client-lost"}\n\n')],
    [
      'bad-response',
      sending(messageOf(anEvent('r-1.0')).replace('event: client-connected', 'event: client-lost')),
    ],
  ] as const)('end at once with %s where there is no stream, or not of events', async (code, answer) => {
    const { baseUrl, asked } = await aServer(answer);
    const { clock } = hastyClock();
    expect(await codeOf(first(2, createRunReader({ baseUrl, clock }).events()))).toBe(code);
    expect(asked).toHaveLength(1);
  });

  it('end with what the server refuses, also when they had begun', async () => {
    const { baseUrl } = await aServer(streaming([anEvent('r-1.0')]), refusing(401, ''));
    const { clock } = hastyClock();
    expect(await codeOf(first(2, createRunReader({ baseUrl, clock }).events()))).toBe('unauthenticated');
  });

  it('end with aborted when they are, while waiting for an event and between attempts', async () => {
    const { baseUrl } = await aServer(streaming([anEvent('r-1.0')], 'stays'));
    const stop = new AbortController();
    const events = createRunReader({ baseUrl }).events({ signal: stop.signal });
    await events.next();
    const next = events.next();
    stop.abort();
    expect(await codeOf(next)).toBe('aborted');

    const cut = await aServer(streaming([anEvent('r-1.0')]));
    const stopLater = new AbortController();
    // Never fires: the reader waits between two attempts until it is told to stop.
    const clock = {
      after: (ms: number) => {
        if (ms <= 15_000) setImmediate(() => stopLater.abort());
        return { cancel: () => {} };
      },
    };
    const reader = createRunReader({ baseUrl: cut.baseUrl, clock });
    expect(await codeOf(first(2, reader.events({ signal: stopLater.signal })))).toBe('aborted');
  });

  it('of a server that has fallen silent are asked for again', async () => {
    const { baseUrl, asked } = await aServer(
      streaming([anEvent('r-1.0')], 'stays'),
      streaming([anEvent('r-2.0')], 'stays'),
    );
    let silence = () => {};
    const { clock: hasty } = hastyClock();
    const clock = {
      after(ms: number, callback: () => void) {
        if (ms !== 45_000) return hasty.after(ms, callback);
        silence = callback;
        return { cancel: () => {} };
      },
    };
    const events = createRunReader({ baseUrl, clock }).events();
    await events.next();
    const next = events.next();
    silence();
    expect((await next).value).toMatchObject({ id: 'r-2.0' });
    expect(asked).toHaveLength(2);
    await events.return?.();
  });

  it('let go of the connection when nobody reads on', async () => {
    let closed: Promise<void> | undefined;
    const { baseUrl } = await aServer((response, request) => {
      closed = new Promise((resolve) => request.socket.once('close', () => resolve()));
      streaming([anEvent('r-1.0')], 'stays')(response, request);
    });
    await first(1, createRunReader({ baseUrl }).events());
    await closed;
  });
});
