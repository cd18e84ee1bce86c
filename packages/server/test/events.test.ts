import { viewAfter } from '@fedops/run-reader';
import { type RunView, RunViewSchema } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { freshDirectory } from './directories.js';
import { ask, type DoorClient } from './door-client.js';
import { openEvents } from './event-stream.js';
import { closeNow, encodedModel, registered, startServer, takePart, until } from './federation.js';

const FROM_THE_START = '/v1/run/events?after=0';

describe('GET /v1/run/events', () => {
  it('tells a whole run in order, and gives the picture of GET /v1/run', async () => {
    const server = await startServer({ rounds: 2, selection: { minConnected: 2 } });
    const stream = await openEvents(server.url, FROM_THE_START);
    const clients = await registered(server, 'a', 'b');
    await Promise.all(clients.map((client) => takePart(server, client)));
    await stream.has('version-published');
    const kinds = stream.events().map(({ kind }) => kind);
    expect(kinds.filter((kind) => !/^client-|-received$/.test(kind))).toEqual([
      'run-began',
      ...Array.from({ length: 2 }, () => [
        'round-began',
        'round-opened',
        'aggregation-began',
        'aggregated',
        'evaluation-began',
        'round-closed',
      ]).flat(),
      'publishing-began',
      'version-published',
    ]);
    expect(kinds.filter((kind) => kind === 'update-received')).toHaveLength(4);
    expect(kinds.filter((kind) => kind === 'evaluation-received')).toHaveLength(4);
    const view = RunViewSchema.parse((await ask(server.url, '/v1/run')).json);
    const picture = stream.events().reduce<RunView | undefined>(viewAfter, undefined);
    expect(picture).toMatchObject({ ...view, clients: [{ clientId: 'a' }, { clientId: 'b' }] });
    stream.close();
  });

  it('is an event stream that nobody on the way keeps or holds back', async () => {
    const server = await startServer();
    const { response, close } = await openEvents(server.url);
    expect(response).toMatchObject({
      statusCode: 200,
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
      },
    });
    close();
  });

  it('begins with the whole view for a reader that names no event, or one that is not known', async () => {
    const server = await startServer();
    await registered(server, 'a');
    for (const path of ['/v1/run/events', '/v1/run/events?after=nonsense', '/v1/run/events?after=zz-1.0']) {
      const stream = await openEvents(server.url, path);
      await stream.has('reset');
      expect(stream.events()[0]).toMatchObject({
        kind: 'reset',
        view: { taskId: 'task', clients: [{ clientId: 'a' }] },
      });
      stream.close();
    }
  });

  it('goes on after the event that Last-Event-ID names, which wins over the query', async () => {
    const server = await startServer();
    await registered(server, 'a');
    const all = await openEvents(server.url, FROM_THE_START);
    await all.has('round-opened');
    const [first, second] = all.events();
    const rest = await openEvents(server.url, FROM_THE_START, { 'Last-Event-ID': first!.id });
    await rest.has('round-opened');
    expect(rest.events()[0]).toEqual(second);
    all.close();
    rest.close();
  });

  it('tells of failures with their reasons, and of clients that leave', async () => {
    const server = await startServer({ selection: { minConnected: 2 } });
    const stream = await openEvents(server.url, FROM_THE_START);
    const [a, b] = (await registered(server, 'a', 'b')) as [DoorClient, DoorClient];
    await a.next();
    await a.failure({ work: 'fit', code: 'internal', message: 'out of memory' });
    await b.leave();
    await stream.has('client-left');
    await stream.has('round-failed');
    const failures = stream.events().filter(({ kind }) => kind === 'client-failed');
    expect(failures).toMatchObject([
      { failure: { clientId: 'a', origin: 'reported', code: 'internal', message: 'out of memory' } },
      { failure: { clientId: 'b', origin: 'lost', code: 'unavailable' } },
    ]);
    stream.close();
  });

  it('never holds a token, a key or the norm of an update', async () => {
    const server = await startServer();
    const stream = await openEvents(server.url, FROM_THE_START);
    const [a] = (await registered(server, 'a')) as [DoorClient];
    await a.next();
    await a.upload(encodedModel(1));
    await stream.has('update-received');
    expect(stream.text()).not.toContain(a.token());
    expect(stream.text()).not.toContain('kept secret');
    expect(stream.text()).not.toContain('l2Norm');
    stream.close();
  });

  it('needs the enrolment token where one is set', async () => {
    const enrolmentToken = 'enrolment-token-of-the-task';
    const server = await startServer({ enrolmentToken });
    expect(await ask(server.url, '/v1/run/events')).toMatchObject({
      status: 401,
      json: { code: 'unauthenticated' },
    });
    const stream = await openEvents(server.url, '/v1/run/events', {
      Authorization: `Bearer ${enrolmentToken}`,
    });
    expect(stream.response.statusCode).toBe(200);
    stream.close();
  });

  it('says every 15 seconds that it is still there', async () => {
    const server = await startServer();
    const stream = await openEvents(server.url);
    await stream.has('reset');
    expect(stream.text()).not.toMatch(/^:/m);
    await server.clock.advance(15_000);
    await until(() => /^: /m.test(stream.text()));
    stream.close();
  });

  it('takes 64 readers and tells one more to come again', async () => {
    const server = await startServer();
    const streams = await Promise.all(Array.from({ length: 64 }, () => openEvents(server.url)));
    expect(await ask(server.url, '/v1/run/events')).toMatchObject({
      status: 429,
      headers: { 'retry-after': '5' },
      json: { code: 'overloaded' },
    });
    for (const stream of streams) stream.close();
    await until(async () => {
      const stream = await openEvents(server.url);
      stream.close();
      return stream.response.statusCode === 200;
    });
  });

  it('ends with the server, without delay', async () => {
    const server = await startServer();
    const stream = await openEvents(server.url);
    await stream.has('reset');
    const began = Date.now();
    await closeNow(server);
    await until(() => stream.ended());
    expect(stream.response.complete).toBe(true);
    expect(Date.now() - began).toBeLessThan(30_000);
  });
});

describe('after a restart', () => {
  it('a reader goes on where it was: same ids, nothing twice, nothing left out', async () => {
    const dataDir = await freshDirectory();
    const settings = { dataDir, selection: { minConnected: 2 } };
    const first = await startServer(settings);
    const before = await openEvents(first.url, FROM_THE_START);
    const [a] = (await registered(first, 'a', 'b')) as [DoorClient];
    await a.next();
    await a.upload(encodedModel(1));
    await before.has('update-received');
    const known = before.events();
    await closeNow(first);

    const second = await startServer(settings);
    const last = known.at(-1)!.id;
    const after = await openEvents(second.url, `/v1/run/events?after=${last}`);
    await after.has('client-connected');
    expect(after.events().map(({ kind }) => kind)).toEqual([
      'run-resumed',
      'client-connected',
      'client-connected',
    ]);
    const again = await openEvents(second.url, FROM_THE_START);
    await again.has('client-connected');
    const isJournalled = ({ id }: { id: string }) => id.endsWith('.0');
    expect(again.events().filter(isJournalled)).toEqual([...known, ...after.events()].filter(isJournalled));

    const picture = [...known, ...after.events()].reduce<RunView | undefined>(viewAfter, undefined);
    const view = RunViewSchema.parse((await ask(second.url, '/v1/run')).json);
    expect(picture).toMatchObject({
      openRound: view.openRound,
      state: { ...view.state, explanation: picture!.state.explanation },
      clients: view.clients.map(({ clientId, connection }) => ({ clientId, connection })),
    });
    after.close();
    again.close();
  });

  it('of a run that had ended, a reader begins anew', async () => {
    const dataDir = await freshDirectory();
    const settings = { dataDir, runId: 'run' as never };
    const first = await startServer(settings);
    const [a] = (await registered(first, 'a')) as [DoorClient];
    await takePart(first, a);
    const before = await openEvents(first.url, FROM_THE_START);
    await before.has('version-published');
    const { id } = before.events().at(-1)!;
    before.close();
    await closeNow(first);
    const second = await startServer(settings);
    const after = await openEvents(second.url, `/v1/run/events?after=${id}`);
    await after.has('reset');
    expect(after.events()[0]).toMatchObject({
      view: { state: { phase: 'finished' }, published: { version: 1 } },
    });
    after.close();
  });
});
