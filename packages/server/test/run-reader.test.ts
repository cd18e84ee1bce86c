import { createRunReader, viewAfter } from '@fedops/run-reader';
import type { RunEvent, RunView } from '@fedops/shared-types';
import { expect, it } from '@jest/globals';
import { freshDirectory } from './directories.js';
import type { DoorClient } from './door-client.js';
import { closeNow, encodedModel, startServer, takePart, until } from './federation.js';

const ENROLMENT_TOKEN = 'enrolment-token-of-the-task';

/** A reader that follows a run as a dashboard does. */
function following(baseUrl: string) {
  const reader = createRunReader({ baseUrl, token: ENROLMENT_TOKEN });
  const stop = new AbortController();
  const events: RunEvent[] = [];
  const ended = (async () => {
    for await (const event of reader.events({ after: '0', signal: stop.signal })) events.push(event);
  })().catch((error: unknown) => error);
  return {
    reader,
    events,
    picture: () => events.reduce<RunView | undefined>(viewAfter, undefined),
    has: (kind: RunEvent['kind']) => until(() => events.some((event) => event.kind === kind)),
    async close() {
      stop.abort();
      await ended;
    },
  };
}

/** What a view is about, without its words and what clients last said of themselves. */
function factsOf(view: RunView | undefined) {
  if (view === undefined) return undefined;
  return {
    ...view,
    state: { ...view.state, explanation: '' },
    clients: view.clients.map(({ clientId, connection }) => ({ clientId, connection })),
  };
}

it('a reader follows a run through a restart of the server to its end, and has the picture of the view throughout', async () => {
  const dataDir = await freshDirectory();
  const settings = { rounds: 2, dataDir, enrolmentToken: ENROLMENT_TOKEN, selection: { minConnected: 2 } };
  const first = await startServer(settings);
  const dashboard = following(first.url);
  const [a, b] = [first.client('a'), first.client('b')] as [DoorClient, DoorClient];
  for (const client of [a, b]) await client.register({}, ENROLMENT_TOKEN);
  await a.next();
  await a.upload(encodedModel(1));
  await b.failure({ work: 'fit', code: 'internal', message: 'out of memory' });
  await dashboard.has('evaluation-began');
  expect(factsOf(dashboard.picture())).toEqual(factsOf(await dashboard.reader.view()));

  await closeNow(first);
  const second = await startServer({ ...settings, listen: { port: first.port } });
  await dashboard.has('run-resumed');
  const clients = [second.client('a'), second.client('b')];
  for (const client of clients) await client.register({}, ENROLMENT_TOKEN);
  await Promise.all(clients.map((client) => takePart(second, client)));
  await dashboard.has('version-published');
  expect(factsOf(dashboard.picture())).toEqual(factsOf(await dashboard.reader.view()));
  const ids = dashboard.events.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(dashboard.events.some(({ kind }) => kind === 'reset')).toBe(false);
  await dashboard.close();
});

it('a reader without the token of the task is told so', async () => {
  const server = await startServer({ enrolmentToken: ENROLMENT_TOKEN });
  const reader = createRunReader({ baseUrl: server.url });
  await expect(reader.view()).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(reader.events().next()).rejects.toMatchObject({ code: 'unauthenticated' });
});
