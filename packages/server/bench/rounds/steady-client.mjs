import { createHash } from 'node:crypto';
import { createParameters, encodeParameters } from '@fedops/parameters';
import { STATUS } from '../clients/status.mjs';

const update = Buffer.from(
  encodeParameters(
    createParameters([{ name: 'w', shape: [1_000], dtype: 'float32' }], [new Float32Array(1_000)]),
  ),
);
const digest = createHash('sha256').update(update).digest('base64');

/** A client that delivers the same update in every round; before it does, it waits for `beforeUpdate(round)`. */
export async function takePart(url, clientId, beforeUpdate) {
  const key = `the key of ${clientId}`;
  const { token, runId } = await ask(url, '/v1/clients', {
    method: 'POST',
    body: { protocolVersion: 1, taskId: 'bench', clientId, key, status: STATUS },
  });
  for (;;) {
    const instruction = await ask(url, `/v1/clients/${clientId}/instruction`, { token });
    if (instruction === undefined) continue;
    const { kind, round } = instruction;
    const path = (results) => `/v1/runs/${runId}/rounds/${round}/${results}/${clientId}`;
    switch (kind) {
      case 'fit':
        await beforeUpdate(round);
        await ask(url, path('updates'), { method: 'PUT', token, bytes: update });
        break;
      case 'evaluate': {
        const body = { loss: 0.5, numExamples: 10, metrics: { accuracy: 0.75 } };
        await ask(url, path('evaluations'), { method: 'PUT', token, body });
        break;
      }
      default:
        return;
    }
  }
}

async function ask(url, path, { method = 'GET', token, body, bytes } = {}) {
  const answer = await fetch(new URL(path, url), {
    method,
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(bytes !== undefined && {
        'Content-Digest': `sha-256=:${digest}:`,
        'FedOps-Update': '{"numExamples":10,"metrics":{"loss":0.5}}',
      }),
    },
    ...((body !== undefined || bytes !== undefined) && { body: bytes ?? JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
