import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { exampleFolder } from './example-process.js';
import {
  FEDOPS_PYTHON,
  startClientManager,
  startOurClientApp,
  startRun,
  untilSo,
} from './fedops-services.js';
import { freePort } from './free-port.js';
import { startPythonWith } from './python-process.js';

/** Where the Python scripts keep what serves JSON. */
const SERVING = fileURLToPath(new URL('../../packages/client-manager/test/python', import.meta.url));

describe.each(['old', 'current'])('a server manager of Python, %s names', (vocabulary) => {
  test('brings our client, started by our client manager, through two runs of our FL server', async () => {
    const [flPort, managerPort] = [await freePort(), await freePort()];
    const python = startPythonWith(
      { python: FEDOPS_PYTHON, env: { PYTHONPATH: SERVING, PYTHONDONTWRITEBYTECODE: '1' } },
      'fedops_server_manager.py',
      vocabulary,
      String(flPort),
    );
    const manager = { url: String((await python.told('listening')).url) };
    const app = await startOurClientApp(manager, managerPort);
    const clientManager = await startClientManager(manager, app.url, managerPort, 'auto');
    await untilSo('the manager waits for a run', () => clientManager.state().phase === 'waiting');
    expect(clientManager.state().serverManager).toMatchObject({ state: 'registered', api: 'legacy' });
    const bodies = (event: string) =>
      python.events.filter((told) => told.event === event).map(({ body }) => body);

    const dataDir = await exampleFolder();
    for (const version of [1, 2]) {
      const server = await startRun({ manager, port: flPort, dataDir });
      expect(await server.finished).toMatchObject({ status: 'published', version });
      await server.close();
      await untilSo('its part has ended', () => clientManager.state().last?.version === version);
      expect(clientManager.state().last?.end).toEqual({ state: 'train-finished' });
      await untilSo('the client’s time is reported', () => bodies('client_time_result').length === version);
    }

    const told = (event: string) => python.events.filter((one) => one.event === event);
    expect(told('update').map(({ ready, version }) => [ready, version])).toEqual([
      [true, 1],
      [true, 2],
    ]);
    expect(told('finished').map(({ version }) => version)).toEqual([2, 3]);
    // One client's end closes the task for nobody else.
    expect(told('closed')).toEqual([]);
    expect(told('registered').some(({ training }) => training === true)).toBe(true);
    expect(bodies('train_result')).toMatchObject([
      { round: 1, gl_model_v: 1, train_accuracy: 0.75 },
      { round: 2, gl_model_v: 1 },
      { round: 1, gl_model_v: 2 },
      { round: 2, gl_model_v: 2 },
    ]);
    expect(bodies('gl_model_evaluation')).toMatchObject([
      { gl_loss: 3 },
      { gl_loss: 4.5 },
      { gl_loss: 5.25 },
      { gl_loss: 5.625 },
    ]);
  });
});
