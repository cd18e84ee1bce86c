import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createParameters, decodeParameters, encodeParameters } from '@fedops/parameters';
import { expect, test } from '@jest/globals';
import { json, openFakeDoor, reading, sha256 } from './fake-door.js';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const SIGNATURE = [{ name: 'w', shape: [1], dtype: 'float32' as const }];

/** Serves one fit of a model that is 0, then the end of the run; ids in paths are whatever the client made up. */
async function openDoor() {
  const door = await openFakeDoor();
  const model = encodeParameters(createParameters(SIGNATURE, [new Float32Array(1)]));
  const digest = sha256(model);
  const instructions = [
    {
      kind: 'fit',
      runId: 'v1',
      round: 1,
      parameters: { digest, byteLength: model.length },
      config: {},
      seed: 1,
      remainingMs: 60_000,
    },
    { kind: 'finish', runId: 'v1', version: 1, digest },
  ];
  const register = reading(door, 201, {
    protocolVersion: 1,
    taskId: 'mean',
    clientId: 'readme',
    token: 'token',
    runId: 'v1',
    rounds: 1,
    nextVersion: 1,
    signature: SIGNATURE,
    leaseMs: 15_000,
    maxUpdateBytes: 1_000_000,
  });
  door.answers.set('POST /v1/clients', register);
  door.answers.set('GET /v1/clients/readme/instruction', (request, response) =>
    json(200, instructions.shift())(request, response),
  );
  door.answers.set(`GET /v1/parameters/${digest}`, (_request, response) => void response.end(model));
  const counted = reading(door, 200, { state: 'counted', digest });
  door.answers.set('PUT /v1/runs/v1/rounds/1/updates/readme', counted);
  door.answers.set('DELETE /v1/clients/readme', reading(door, 204, undefined));
  return door;
}

test('the example of the README takes part in a run', async () => {
  const readme = await readFile(join(PACKAGE, 'README.md'), 'utf8');
  const example = /```js\n(.*?)```/s.exec(readme)![1]!;
  const directory = await mkdtemp(join(tmpdir(), 'fedops-readme-'));
  const door = await openDoor();
  const source = example
    .replace("'http://127.0.0.1:8080'", JSON.stringify(door.baseUrl))
    .replace("'./fedops-client'", JSON.stringify(directory));
  // The working directory is where bare specifiers are looked up from.
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], { cwd: PACKAGE });
  const output = child.stdout.setEncoding('utf8').toArray();
  const errors = child.stderr.setEncoding('utf8').toArray();
  const [code] = await once(child, 'exit');
  expect({ code, errors: (await errors).join('') }).toEqual({ code: 0, errors: '' });
  expect((await output).join('')).toContain("phase: 'finished'");
  const update = door.seen.find(({ method }) => method === 'PUT')!;
  expect([...decodeParameters(Uint8Array.from(update.body)).tensors[0]!]).toEqual([1.5]);
  await door.close();
  await rm(directory, { recursive: true });
});
