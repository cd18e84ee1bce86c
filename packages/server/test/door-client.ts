import { createHash } from 'node:crypto';
import { request } from 'node:http';
import {
  type ClientId,
  type Instruction,
  InstructionSchema,
  PROTOCOL_VERSION,
  type RegistrationAnswer,
} from '@fedops/shared-types';

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly bytes: Buffer;
  /** The body as JSON; of an error: `{ code, message, details }`. */
  // biome-ignore lint/suspicious/noExplicitAny: what came is what the test is about.
  readonly json: any;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: NodeJS.Dict<string>;
  readonly body?: Uint8Array | string;
}

/** One request on a connection of its own, with just the headers that the test gives. */
export function ask(
  url: string,
  path: string,
  { method = 'GET', headers = {}, body }: Ask = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, url), { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const isJson = response.headers['content-type']?.includes('json') === true;
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes,
          json: isJson && bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined,
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export function contentDigest(bytes: Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;
}

export interface UploadOptions {
  readonly runId?: string;
  readonly round?: number;
  readonly numExamples?: number;
  readonly metrics?: Readonly<Record<string, number>>;
  /** Whose path it goes to, where that is not the sender. */
  readonly as?: string;
  /** Added to the sound headers, or taken away where undefined. */
  readonly headers?: NodeJS.Dict<string>;
}

/** A client of the HTTP door as docs/protocol.md has it, and as rude as a test needs. */
export interface DoorClient {
  readonly clientId: ClientId;
  token(): string;
  register(changes?: Readonly<Record<string, unknown>>, enrolmentToken?: string): Promise<Answer>;
  answer(): RegistrationAnswer;
  instruction(waitMs?: number): Promise<Answer>;
  /** The next instruction, however long that takes. */
  next(): Promise<Instruction>;
  upload(bytes: Uint8Array, options?: UploadOptions): Promise<Answer>;
  uploadHeaders(bytes: Uint8Array, options?: UploadOptions): NodeJS.Dict<string>;
  evaluation(body: unknown, round?: number): Promise<Answer>;
  failure(body: unknown, round?: number): Promise<Answer>;
  heartbeat(body: unknown): Promise<Answer>;
  leave(): Promise<Answer>;
}

export function doorClient(url: string, clientId: string, { taskId = 'task' } = {}): DoorClient {
  let registration: RegistrationAnswer | undefined;
  const answer = () => {
    if (registration === undefined) throw new Error(`${clientId} is not registered`);
    return registration;
  };
  const token = () => answer().token;
  const own = `/v1/clients/${encodeURIComponent(clientId)}`;
  const bearer = () => ({ Authorization: `Bearer ${token()}` });
  const resultPath = (kind: string, { runId = answer().runId as string, round = 1, as = clientId }) =>
    `/v1/runs/${encodeURIComponent(runId)}/rounds/${round}/${kind}/${encodeURIComponent(as)}`;
  const putJson = (path: string, method: string, body: unknown) =>
    ask(url, path, {
      method,
      body: JSON.stringify(body),
      headers: { ...bearer(), 'Content-Type': 'application/json' },
    });

  const uploadHeaders: DoorClient['uploadHeaders'] = (
    bytes,
    { numExamples = 1, metrics = {}, headers = {} } = {},
  ) => {
    const all: NodeJS.Dict<string> = {
      ...bearer(),
      'Content-Type': 'application/vnd.fedops.parameters',
      'Content-Length': String(bytes.length),
      'Content-Digest': contentDigest(bytes),
      'FedOps-Update': JSON.stringify({ numExamples, metrics }),
      ...headers,
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  };

  const client: DoorClient = {
    clientId: clientId as ClientId,
    token,
    answer,
    async register(changes = {}, enrolmentToken) {
      const body = {
        protocolVersion: PROTOCOL_VERSION,
        taskId,
        clientId,
        key: `the key of ${clientId}, kept secret`,
        status: statusOf(taskId),
        ...changes,
      };
      const came = await ask(url, '/v1/clients', {
        method: 'POST',
        body: JSON.stringify(body),
        headers: {
          'Content-Type': 'application/json',
          ...(enrolmentToken !== undefined && { Authorization: `Bearer ${enrolmentToken}` }),
        },
      });
      if (came.status === 201) registration = came.json;
      return came;
    },
    instruction: (waitMs = 25_000) => ask(url, `${own}/instruction?waitMs=${waitMs}`, { headers: bearer() }),
    async next() {
      for (;;) {
        const came = await client.instruction();
        if (came.status === 200) return InstructionSchema.parse(came.json);
        if (came.status !== 204) throw new Error(`instruction: ${came.status} ${came.bytes.toString()}`);
      }
    },
    uploadHeaders,
    upload: (bytes, options = {}) =>
      ask(url, resultPath('updates', options), {
        method: 'PUT',
        body: bytes,
        headers: uploadHeaders(bytes, options),
      }),
    evaluation: (body, round = 1) => putJson(resultPath('evaluations', { round }), 'PUT', body),
    failure: (body, round = 1) => putJson(resultPath('failures', { round }), 'PUT', body),
    heartbeat: (body) => putJson(`${own}/heartbeat`, 'POST', body),
    leave: () => ask(url, own, { method: 'DELETE', headers: bearer() }),
  };
  return client;
}

export function statusOf(taskId: string) {
  return {
    FL_task_id: taskId,
    FL_client_num: 0,
    FL_client_mac: '02:00:00:00:00:01',
    FL_client_online: true,
    FL_client_start: true,
    FL_client_fail: false,
    FL_server_IP: null,
    FL_next_gl_model: 1,
  };
}
