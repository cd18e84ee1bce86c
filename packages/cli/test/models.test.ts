import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { readNpz, readSafetensors } from '@fedops/model-files';
import { decodeParameters } from '@fedops/parameters';
import { directoriesOf } from '@fedops/server-manager';
import { afterEach, expect, it } from '@jest/globals';
import { anOperator, ear, fedopsIn, type Operator, until } from './operator.js';

/** A manager whose task has published V1, of one client that added 1 in each of two rounds. */
async function published(): Promise<Operator> {
  const operator = await anOperator();
  const { fedops, task, takePart } = operator;
  await task('--best accuracy');
  await fedops('run start mnist --rounds 2');
  await takePart('r1', 'a');
  await until(async () => (await fedops('run show r1 --json')).json().state.status === 'published');
  return operator;
}

it('lists versions with what they are called, where they came from and their metrics', async () => {
  const { fedops } = await published();

  expect((await fedops('model list mnist --json')).json()).toMatchObject([
    { version: 1, runId: 'r1', aliases: ['latest', 'best'], metrics: { accuracy: 0.75 } },
  ]);
  expect((await fedops('model list mnist')).stdout).toMatch(
    /\nV1 +latest, best +initial +r1 .*accuracy 0\.75/,
  );
});

it('gets a version in each format, and they hold the same model', async () => {
  const { fedops, cwd } = await published();
  const raw = await fedops('model get mnist 1 --format raw --output m.params --json');
  await fedops('model get mnist best --output m.safetensors');
  await fedops('model get mnist --format npz');

  const file = await readFile(join(cwd, 'm.params'));
  const model = decodeParameters(file);
  expect(raw.json()).toMatchObject({ version: 1, bytes: file.length });
  expect(createHash('sha256').update(file).digest('hex')).toBe(raw.json().digest);
  expect([...model.tensors[0]!]).toEqual(Array(6).fill(2));
  expect(readSafetensors(await readFile(join(cwd, 'm.safetensors'))).tensors).toEqual(model.tensors);
  expect(readNpz(await readFile(join(cwd, 'mnist-v1.npz'))).tensors).toEqual(model.tensors);
  expect((await readdir(cwd)).filter((name) => /part|new/.test(name))).toEqual([]);
});

it('replaces no file that is there, unless it is told to', async () => {
  const { fedops, cwd } = await published();
  await writeFile(join(cwd, 'mine.npz'), 'precious');

  expect((await fedops('model get mnist --format npz --output mine.npz')).code).toBe(4);
  expect(await readFile(join(cwd, 'mine.npz'), 'utf8')).toBe('precious');
  expect((await fedops('model get mnist --format npz --output mine.npz --force')).code).toBe(0);
  expect(readNpz(await readFile(join(cwd, 'mine.npz'))).tensors).toHaveLength(2);
});

it('verifies a version from the updates that its run kept', async () => {
  const { fedops, dataDir } = await published();

  const verified = await fedops(`model verify mnist --data-dir ${dataDir} --json`);

  expect([verified.code, verified.json()]).toMatchObject([0, { version: 1, verdict: 'follows' }]);
});

it('shows a bar for a download and for a verification where standard error is a terminal', async () => {
  const { fedops, dataDir } = await published();
  const [downloading, verifying, elsewhere] = [ear({ isTTY: true }), ear({ isTTY: true }), ear()];

  await fedops('model get mnist', { stderr: downloading });
  await fedops(`model verify mnist --data-dir ${dataDir}`, { stderr: verifying });
  await fedops(`model verify mnist --data-dir ${dataDir}`, { stderr: elsewhere });

  expect(downloading.heard()).toMatch(/V1 \[=+\] 100% (\d+) B of \1 B/);
  expect(verifying.heard()).toMatch(/V1 \[=+ *\] [1-9]\d*% \d+.* read/);
  expect(elsewhere.heard()).toBe('');
});

it('exits with 1 where a version does not follow, and with 3 for a directory without models', async () => {
  const { fedops, dataDir, cwd } = await published();
  const updates = join(directoriesOf(dataDir).runData('mnist' as never, 'r1' as never), 'runs');
  const files = (await readdir(updates, { recursive: true })).filter((name) => name.includes('updates/'));
  for (const name of files) {
    const path = join(updates, name);
    const bytes = await readFile(path);
    bytes[bytes.length - 4]! ^= 1;
    await writeFile(path, bytes);
  }

  const differs = await fedops(`model verify mnist --data-dir ${dataDir}`);
  expect([differs.code, differs.stderr]).toEqual([1, '']);
  expect(differs.stdout).toContain('does NOT follow: the update of a should be ');

  expect(await fedops(`model verify mnist --data-dir ${cwd}`)).toMatchObject({ code: 3 });
});

it('says what is missing where the updates were not kept', async () => {
  const { fedops, dataDir } = await published();
  const runData = directoriesOf(dataDir).runData('mnist' as never, 'r1' as never);
  for (const name of await readdir(join(runData, 'runs'))) {
    await rm(join(runData, 'runs', name, 'updates'), { recursive: true });
  }

  const { code, stdout, json } = await fedops(`model verify mnist --data-dir ${dataDir} --json`);

  expect([code, stdout === '']).toEqual([1, false]);
  expect(json()).toMatchObject({ verdict: 'cannot-tell', missing: ['the update of a'] });
});

const relays: Server[] = [];

afterEach(() => {
  for (const relay of relays.splice(0)) {
    relay.close();
    relay.closeAllConnections();
  }
});

async function isGathered(directory: string): Promise<boolean> {
  const part = (await readdir(directory)).find((name) => name.endsWith('.part'));
  return part !== undefined && (await stat(join(directory, part))).size === 100;
}

/** Stands between a command and a manager, and does to the bytes of a model what the test says. */
async function aRelay(
  to: string,
  cwd: string,
  spoil: (bytes: Buffer, asked: IncomingMessage, nth: number) => Buffer | 'cut',
) {
  const asked: IncomingMessage[] = [];
  const relay = createServer(async (request, response) => {
    const headers = Object.fromEntries(
      ['range', 'if-range'].flatMap((name) =>
        request.headers[name] ? [[name, String(request.headers[name])]] : [],
      ),
    );
    const answer = await fetch(`${to}${request.url}`, { headers });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const isModel = request.url!.endsWith('/parameters');
    if (isModel) asked.push(request);
    const sent = isModel ? spoil(bytes, request, asked.length) : bytes;
    response.writeHead(
      answer.status,
      Object.fromEntries([...answer.headers].filter(([name]) => name !== 'connection')),
    );
    if (sent !== 'cut') {
      response.end(sent);
      return;
    }
    response.write(bytes.subarray(0, 100));
    await until(() => isGathered(cwd));
    response.destroy();
  });
  relays.push(relay);
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`, asked };
}

it('goes on with a download that breaks, from the byte where it broke', async () => {
  const { manager, cwd } = await published();
  const relay = await aRelay(manager.url, cwd, (bytes, _asked, nth) => (nth === 1 ? 'cut' : bytes));

  const { code } = await fedopsIn(cwd)(
    `model get mnist --format raw --output m.params --manager ${relay.url}`,
  );

  expect(code).toBe(0);
  expect(relay.asked.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=100-']);
  expect([...decodeParameters(await readFile(join(cwd, 'm.params'))).tensors[1]!]).toEqual([2, 2, 2]);
});

it('goes on with what an earlier command has gathered', async () => {
  const { manager, cwd } = await published();
  const cutting = await aRelay(manager.url, cwd, () => 'cut');
  const get = (url: string) =>
    fedopsIn(cwd)(`model get mnist --format raw --output m.params --manager ${url}`);
  const ending = new AbortController();
  const clock = { now: Date.now, sleep: async () => ending.abort() };
  const broken = await fedopsIn(cwd)(
    `model get mnist --format raw --output m.params --manager ${cutting.url}`,
    {
      clock,
      signal: ending.signal,
    },
  );
  expect(broken.code).toBe(130);
  const relay = await aRelay(manager.url, cwd, (bytes) => bytes);

  expect((await get(relay.url)).code).toBe(0);
  expect(relay.asked.map(({ headers }) => headers.range)).toEqual(['bytes=100-']);
});

it('believes no bytes that are not those of the digest, and keeps none of them', async () => {
  const { manager, cwd } = await published();
  const relay = await aRelay(manager.url, cwd, (bytes) => {
    bytes[bytes.length - 4]! ^= 1;
    return bytes;
  });

  const { code, stderr } = await fedopsIn(cwd)(
    `model get mnist --output m.npz --format npz --manager ${relay.url}`,
  );

  expect(code).toBe(1);
  expect(stderr).toContain('bad-response: expected ');
  expect((await readdir(cwd)).filter((name) => name.startsWith('m.npz'))).toEqual([]);
});
