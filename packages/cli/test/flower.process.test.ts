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

type Operator = (...args: readonly string[]) => Promise<Said>;

function operator(cwd: string, connection: readonly string[]): Operator {
  return async (...args) => {
    const { stdout } = await execute(process.execPath, [MAIN, ...args, ...connection, '--json'], { cwd });
    return JSON.parse(stdout);
  };
}

/** Where Flower's clients find a run, once it takes clients. */
async function doorOf(runId: string, answered: Operator): Promise<string> {
  for (;;) {
    const { state } = await answered('run', 'show', runId);
    if (state.status !== 'starting') return state.flowerAddress;
  }
}

test("fedops manager --flower opens a door for Python's clients in each FL server", async () => {
  const cwd = await temporaryDirectory();
  await writeFile(join(cwd, 'm.safetensors'), writeSafetensors(modelOf(0)));
  const ports = ['--port', '0', '--server-ports', 'any', '--flower-ports', 'any'];
  const manager = fedopsProcess(['manager', ...ports, '--flower', '--stop-servers'], { cwd });
  const { url } = await manager.until('ready');
  const answered = operator(cwd, ['--manager', url]);
  await answered('task', 'create', 'mean', '--model', 'm.safetensors');
  await answered('run', 'start', 'mean');

  expect(await statusOf(await doorOf('r1', answered))).toBe(415);
  manager.signal('SIGTERM');
  expect(await manager.ended).toBe(0);
}, 300_000);

test("fedops dev --flower lets Python's clients in", async () => {
  const cwd = await temporaryDirectory();
  const dev = fedopsProcess(['dev', '--flower', '--port', '0', '--rounds', '1'], { cwd });
  const { url } = await dev.until('ready');
  await dev.until('join');
  const token = join(cwd, '.fedops', 'dev', 'admin.token');
  const answered = operator(cwd, ['--manager', url, '--token-file', token]);
  const { runId } = await answered('run', 'start', 'digits', '--min-clients', '4');

  expect(await statusOf(await doorOf(runId, answered))).toBe(415);
  dev.signal('SIGTERM');
  expect(await dev.ended).toBe(0);
}, 300_000);
