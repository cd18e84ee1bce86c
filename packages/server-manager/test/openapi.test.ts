import { expect, it } from '@jest/globals';
import { createTask, startManager } from './manager.js';

const VALUES: Readonly<Record<string, string>> = {
  taskId: 'none',
  deviceId: 'none',
  runId: 'none',
  version: '1',
};

it('describes every route, each of which is there and answers as described', async () => {
  const manager = await startManager();
  const { json: document } = await manager.ask('GET', '/v1/openapi.json');
  expect(document.openapi).toBe('3.1.0');
  const ids = new Set<string>();
  for (const [path, operations] of Object.entries<Record<string, never>>(document.paths)) {
    for (const [method, operation] of Object.entries<{ operationId: string; responses: object }>(
      operations,
    )) {
      const url = path.replace(/\{(\w+)\}/g, (_, name: string) => VALUES[name] ?? 'none');
      const answer = await manager.ask(method.toUpperCase(), url, { headers: {} });
      expect([path, method, Object.keys(operation.responses)]).toEqual([
        path,
        method,
        expect.arrayContaining([String(answer.status)]),
      ]);
      if (answer.status >= 400) {
        expect(answer.json).toMatchObject({ code: expect.any(String), details: expect.any(Object) });
        expect(answer.json.message).not.toContain('there is no GET /');
      }
      ids.add(operation.operationId);
    }
  }
  expect(ids.size).toBeGreaterThan(25);
});

it('refers to nothing that it does not hold', async () => {
  const manager = await startManager();
  const { json: document } = await manager.ask('GET', '/v1/openapi.json');
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name,
  );
  expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(references));
  expect(JSON.stringify(document)).not.toContain('#/$defs');
});

it('refuses a model that is none, and one that is not finite', async () => {
  const manager = await startManager();
  await createTask(manager);
  const path = '/v1/tasks/mnist/initial-parameters';
  expect((await manager.ask('PUT', path, { bytes: new Uint8Array(100) })).status).toBe(400);
});
