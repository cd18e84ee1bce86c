export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: what came is what the test is about.
  readonly json: any;
}

export interface Ask {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request; a `body` goes as JSON, `bytes` as encoded parameters. */
export async function ask(
  url: string,
  method: string,
  path: string,
  { token, body, bytes, headers = {} }: Ask = {},
): Promise<Answer> {
  const sent = bytes ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(bytes !== undefined && { 'Content-Type': 'application/vnd.fedops.parameters' }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(sent !== undefined && { body: sent }),
  });
  const received = Buffer.from(await response.arrayBuffer());
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return {
    status: response.status,
    headers: response.headers,
    bytes: received,
    json: isJson ? JSON.parse(received.toString()) : undefined,
  };
}
