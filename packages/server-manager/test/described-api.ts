import { expect } from '@jest/globals';
import { z } from 'zod';
import type { Answer, Ask } from './ask.js';
import type { StartedManager } from './manager.js';

type Json = Readonly<Record<string, unknown>>;

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema?: Json }>> }>
  >;
  readonly security?: unknown;
}

export interface CallOptions extends Ask {
  /** For the path; `none` for those that are not given. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
}

/** A manager's API as its own description has it. */
export interface DescribedApi {
  readonly operationIds: readonly string[];
  needsToken(operationId: string): boolean;
  /** Names in the operation's path. */
  paramsOf(operationId: string): readonly string[];
  /** Asks, and expects a status and a body as they are described. */
  call(operationId: string, options?: CallOptions): Promise<Answer>;
  /** `operation status` of all that is described and was not answered yet. */
  unseen(): string[];
}

/** Reads the description that a manager gives of itself; others of the same routes may be asked by it too. */
export async function describedApi(manager: StartedManager): Promise<DescribedApi> {
  const { json: document } = await manager.ask('GET', '/v1/openapi.json');
  const { schemas } = document.components;
  const operations = new Map<string, Operation & { readonly method: string; readonly path: string }>();
  for (const [path, methods] of Object.entries<Record<string, Operation>>(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      operations.set(operation.operationId, { ...operation, method: method.toUpperCase(), path });
    }
  }
  const seen = new Set<string>();

  function operationOf(operationId: string) {
    const operation = operations.get(operationId);
    if (operation === undefined) throw new Error(`no operation ${operationId} is described`);
    return operation;
  }

  function expectAsDescribed(operationId: string, { status, headers, json, bytes }: Answer): void {
    const { responses } = operationOf(operationId);
    expect([operationId, Object.keys(responses), bytes.toString().slice(0, 200)]).toEqual([
      operationId,
      expect.arrayContaining([String(status)]),
      expect.any(String),
    ]);
    const content = Object.entries(responses[status]?.content ?? {});
    for (const [mediaType, { schema }] of content) {
      expect([operationId, status, headers.get('content-type')?.split(';')[0]]).toEqual([
        operationId,
        status,
        mediaType,
      ]);
      if (schema !== undefined) expect(faultsOf(schema, json)).toEqual([]);
    }
    if (content.length === 0) expect([operationId, status, bytes.length]).toEqual([operationId, status, 0]);
  }

  function faultsOf(schema: Json, value: unknown): string[] {
    const text = JSON.stringify({ ...schema, $defs: schemas });
    const inlined = JSON.parse(text.replaceAll('"#/components/schemas/', '"#/$defs/'));
    const result = z.fromJSONSchema(inlined).safeParse(value);
    return result.success
      ? []
      : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  }

  return {
    operationIds: [...operations.keys()],
    needsToken: (operationId) => operationOf(operationId).security !== undefined,
    paramsOf: (operationId) =>
      [...operationOf(operationId).path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    async call(operationId, { params = {}, query = '', ...ask } = {}) {
      const { path, method } = operationOf(operationId);
      const url = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? 'none'));
      const answer = await manager.ask(method, url + query, ask);
      expectAsDescribed(operationId, answer);
      seen.add(`${operationId} ${answer.status}`);
      return answer;
    },
    unseen: () =>
      [...operations.values()]
        .flatMap(({ operationId, responses }) =>
          Object.keys(responses).map((status) => `${operationId} ${status}`),
        )
        .filter((one) => !seen.has(one)),
  };
}
