import { createHash } from 'node:crypto';
import { ErrorBodySchema, type FedOpsErrorCode, HTTP_STATUS_OF } from '@fedops/shared-types';
import { z } from 'zod';
import type { Access } from './access.js';
import type { AnswerSpec, Route } from './route.js';

type Json = Record<string, unknown>;

/** The document in the making. */
interface Document {
  readonly schemas: Record<string, Json>;
}

/** An OpenAPI 3.1 document of the routes, its schemas made from those that check the requests. */
export function openApiDocument(routes: readonly Route[], version: string): Json {
  const document: Document = { schemas: {} };
  document.schemas.Error = schemaOf(ErrorBodySchema, 'output', document);
  const paths: Record<string, Json> = {};
  for (const { spec } of routes) {
    paths[spec.path] = { ...paths[spec.path], [spec.method]: operationOf(spec, document) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'FedOps server manager',
      version,
      description: 'Tasks, devices, runs, models and metrics of federated learning.',
    },
    paths,
    components: {
      schemas: document.schemas,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operationOf(spec: Route['spec'], document: Document): Json {
  const parameters = [
    ...parametersOf('path', spec.params, document),
    ...parametersOf('query', spec.query, document),
  ];
  const answers = Object.entries(spec.answers).map(([status, answer]) => [
    status,
    responseOf(answer, document),
  ]);
  return {
    operationId: spec.operationId,
    summary: spec.summary,
    description: WHO_MAY[spec.access],
    ...(spec.access === 'open' ? {} : { security: [{ bearer: [] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...requestBodyOf(spec, document),
    responses: { ...Object.fromEntries(answers), ...errorResponses(spec) },
  };
}

const WHO_MAY: Readonly<Record<Access, string>> = {
  open: 'For everybody.',
  operator: "Needs the operator's token, where one is configured.",
  enrolled: "Needs the operator's token or the one for devices, where they are configured.",
  member:
    "Needs the operator's token, the one for devices, or that of a device or the FL server of the task, where tokens are configured.",
  device: "Needs the device's own token, from its registration.",
};

function parametersOf(where: 'path' | 'query', schema: z.ZodType | undefined, document: Document): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input', document) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: property,
  }));
}

function requestBodyOf(spec: Route['spec'], document: Document): Json {
  if (spec.rawBody !== undefined) {
    return { requestBody: { required: true, content: { [spec.rawBody]: {} } } };
  }
  if (spec.body === undefined) return {};
  const schema = schemaOf(spec.body, 'input', document);
  const isOptional = spec.body.safeParse(undefined).success;
  return { requestBody: { required: !isOptional, content: { 'application/json': { schema } } } };
}

function responseOf({ description, schema, mediaType }: AnswerSpec, document: Document): Json {
  if (schema !== undefined) {
    return { description, content: { 'application/json': { schema: schemaOf(schema, 'output', document) } } };
  }
  return mediaType === undefined ? { description } : { description, content: { [mediaType]: {} } };
}

/** Errors that every route may answer, beside its own. */
function errorResponses({ access, errors, params, query, body }: Route['spec']): Json {
  const reads = params !== undefined || query !== undefined || body !== undefined;
  const codes: readonly FedOpsErrorCode[] = [
    'permission-denied',
    'internal',
    ...(access === 'open' ? [] : (['unauthenticated'] as const)),
    ...(reads ? (['invalid-argument'] as const) : []),
    ...errors,
  ];
  const byStatus = new Map<number, Set<string>>();
  for (const code of codes) {
    const status = HTTP_STATUS_OF[code];
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(code));
  }
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [status, { description: [...names].join(', '), content }]),
  );
}

/** A schema as JSON Schema 2020-12, which OpenAPI 3.1 takes as it is; what it refers to becomes a part of the document. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', document: Document): Json {
  const {
    $schema: _dialect,
    $defs = {},
    ...json
  } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  const names = Object.entries($defs as Json).map(([name, definition]) => {
    const text = JSON.stringify(definition);
    return { name, text, component: `Shared${createHash('sha256').update(text).digest('hex').slice(0, 8)}` };
  });
  const withReferences = (text: string) =>
    names.reduce(
      (changed, { name, component }) =>
        changed.replaceAll(`"#/$defs/${name}"`, `"#/components/schemas/${component}"`),
      text,
    );
  for (const { text, component } of names) document.schemas[component] = JSON.parse(withReferences(text));
  return JSON.parse(withReferences(JSON.stringify(json)));
}
