import { FedOpsError } from '@fedops/shared-types';

/** A view lists every client and a hundred rounds of participants; more than this is not one. */
export const MAX_CHARACTERS = 64 * 1024 * 1024;

/**
 * The chunks of a body, as text.
 *
 * @throws whatever the connection throws; see `errorOfNetwork`.
 */
export async function* textOf(answer: Response): AsyncGenerator<string> {
  if (answer.body === null) return;
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    // Who stops reading before the end lets go of the connection.
    await reader.cancel().catch(() => {});
  }
}

/** A body as JSON. @throws {FedOpsError} `bad-response` where it is something else, or too large. */
export async function jsonOf(answer: Response): Promise<unknown> {
  let text = '';
  for await (const chunk of textOf(answer)) {
    text += chunk;
    if (text.length > MAX_CHARACTERS) {
      throw new FedOpsError('bad-response', `expected at most ${MAX_CHARACTERS} characters of JSON`);
    }
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FedOpsError('bad-response', 'the FL server answered something else than JSON', { cause });
  }
}
