import { describe, expect, it } from '@jest/globals';
import { createMemoryModelStore } from '../src/index.js';
import { freshDirectory } from './directories.js';
import type { DoorClient } from './door-client.js';
import { rejectionOf } from './error-code.js';
import { closeNow, registered, startServer, takePart } from './federation.js';

/** A run that one client carries to its end; the server is closed then. */
async function wholeRun(...start: Parameters<typeof startServer>) {
  const server = await startServer(...start);
  const [client] = (await registered(server, 'client')) as [DoorClient];
  await takePart(server, client);
  const outcome = await server.finished;
  await closeNow(server);
  return outcome;
}

describe('a run that is to start from a version', () => {
  it.each(['in a directory', 'in memory'])(
    'starts where that is the newest, and is refused where it is not: %s',
    async (place) => {
      const where =
        place === 'in memory'
          ? ([{}, { store: createMemoryModelStore() }] as const)
          : ([{ dataDir: await freshDirectory() }, {}] as const);
      const start = (baseVersion: number) =>
        [{ ...where[0], baseVersion, runId: `from-v${baseVersion}` }, where[1]] as const;

      const early = await rejectionOf(startServer(...start(1)));
      expect([early.code, early.details]).toEqual(['conflict', { baseVersion: 1, newestVersion: 0 }]);
      expect(await wholeRun(...start(0))).toMatchObject({ status: 'published', version: 1 });
      expect(await wholeRun(...start(1))).toMatchObject({ status: 'published', version: 2 });
      const late = await rejectionOf(startServer({ ...where[0], baseVersion: 1, runId: 'again' }, where[1]));
      expect([late.code, late.details]).toEqual(['conflict', { baseVersion: 1, newestVersion: 2 }]);
    },
  );

  it('has the same end when it is started again after it, though the newest version is its own', async () => {
    const settings = { dataDir: await freshDirectory(), baseVersion: 0, runId: 'campaign-1' };
    const { status } = await wholeRun(settings);
    const again = await startServer(settings);
    expect([status, await again.finished]).toMatchObject(['published', { status: 'published', version: 1 }]);
  });

  it('goes on after an interruption from that version, and from no other', async () => {
    const settings = { dataDir: await freshDirectory(), runId: 'campaign-1' };
    await closeNow(await startServer({ ...settings, baseVersion: 0 }));
    const error = await rejectionOf(startServer({ ...settings, baseVersion: 3 }));
    expect([error.code, error.details.changed]).toEqual(['conflict', ['baseVersion']]);
    await startServer({ ...settings, baseVersion: 0 });
  });
});
