import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeSafetensors } from '@fedops/model-files';
import { expect, test } from '@jest/globals';
import { fedopsProcess, type Said } from './fedops-process.js';
import { modelOf } from './operator.js';
import { temporaryDirectory } from './temporary-directory.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const execute = promisify(execFile);

/** The status that an HTTP/2 server answers to what is no gRPC. */
async function statusOf(address: string): Promise<unknown> {
  const session = connect(`http://${address}`);
  const stream = session.request({ ':method': 'POST', ':path': '/', 'content-type': 'text/plain' });
  const [headers] = await once(stream, 'response');
  session.destroy();
  return headers[':status'];
}

test("fedops manager --flower opens a door for Python's clients in each FL server", async () => {
  const cwd = await temporaryDirectory();
  await writeFile(join(cwd, 'm.safetensors'), writeSafetensors(modelOf(0)));
  const ports = ['--port', '0', '--server-ports', 'any', '--flower-ports', 'any'];
  const manager = fedopsProcess(['manager', ...ports, '--flower', '--stop-servers'], { cwd });
  const { url } = await manager.until('ready');
  const env = { ...process.env, FEDOPS_SERVER_MANAGER_URL: url };
  const answered = async (...args: readonly string[]): Promise<Said> => {
    const { stdout } = await execute(process.execPath, [MAIN, ...args, '--json'], { cwd, env });
    return JSON.parse(stdout);
  };
  await answered('task', 'create', 'mean', '--model', 'm.safetensors');
  await answered('run', 'start', 'mean');
  let state: Said;
  do ({ state } = await answered('run', 'show', 'r1'));
  while (state.status === 'starting');

  expect(state).toMatchObject({ status: 'running' });
  expect(await statusOf(state.flowerAddress)).toBe(415);
  manager.signal('SIGTERM');
  expect(await manager.ended).toBe(0);
}, 90_000);
