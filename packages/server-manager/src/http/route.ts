import { jsonBody } from '@fedops/http-service';
import { type FedOpsErrorCode, parseWith } from '@fedops/shared-types';
import type { Request, RequestHandler, Response, Router } from 'express';
import type { z } from 'zod';
import type { Access, CheckAccess, Concerned } from './access.js';

/** One kind of answer that is no error. */
export interface AnswerSpec {
  readonly description: string;
  /** Of a JSON answer. */
  readonly schema?: z.ZodType;
  /** Of another answer. */
  readonly mediaType?: string;
}

/** A route as data: what mounts it, documents it, and lets a test drive it. */
export interface RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As OpenAPI writes it: `/v1/tasks/{taskId}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly access: Access;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Media type of a body that the handler reads for itself. */
  readonly rawBody?: string;
  /** By status; the handler's value goes out with the first, or with 204 where it has none. */
  readonly answers: Readonly<Record<number, AnswerSpec>>;
  readonly errors: readonly FedOpsErrorCode[];
}

/** A request whose path, query and body have been read by the schemas of its route. */
export interface RouteInput<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly request: Request;
  readonly response: Response;
}

/** A route and what it does. The handler answers by what it returns, or has answered when it resolves with nothing. */
export interface Route {
  readonly spec: RouteSpec<z.ZodType, z.ZodType, z.ZodType>;
  readonly handle: (input: RouteInput<unknown, unknown, unknown>) => Promise<unknown>;
}

export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  spec: RouteSpec<P, Q, B>,
  handle: (input: RouteInput<z.output<P>, z.output<Q>, z.output<B>>) => Promise<unknown>,
): Route {
  return { spec, handle: handle as Route['handle'] };
}

/** Bodies of the API; a registration with the signature of a large model is the longest. */
const JSON_LIMIT_BYTES = 4 * 1024 * 1024;

/** Mounts routes: access is checked first, then path, query and body, each by its schema. */
export function mount(router: Router, routes: readonly Route[], check: CheckAccess): void {
  const json = jsonBody({ limitBytes: JSON_LIMIT_BYTES });
  for (const { spec, handle } of routes) {
    const path = spec.path.replace(/\{(\w+)\}/g, ':$1');
    const what = `${spec.method.toUpperCase()} ${spec.path}`;
    const guard: RequestHandler = (request, _response, next) => {
      check(spec.access, request, paramsOf(spec, request, what) as Concerned);
      next();
    };
    const answer: RequestHandler = async (request, response) => {
      const query = spec.query === undefined ? {} : parseWith(spec.query, request.query, `query of ${what}`);
      const body =
        spec.body === undefined ? undefined : parseWith(spec.body, request.body, `body of ${what}`);
      const value = await handle({ params: paramsOf(spec, request, what), query, body, request, response });
      if (response.headersSent || response.writableEnded) return;
      const [status = '200'] = Object.keys(spec.answers);
      if (value === undefined) response.status(204).end();
      else response.status(Number(status)).json(value);
    };
    router[spec.method](path, guard, ...(spec.body === undefined ? [] : [json]), answer);
  }
}

function paramsOf(spec: Route['spec'], request: Request, what: string): unknown {
  return spec.params === undefined ? {} : parseWith(spec.params, request.params, `path of ${what}`);
}
