import { createHash } from 'node:crypto';
import { createParameters, encodeParameters } from '@fedops/parameters';

const update = Buffer.from(
  encodeParameters(
    createParameters([{ name: 'w', shape: [1_000], dtype: 'float32' }], [new Float32Array(1_000)]),
  ),
);
const digest = createHash('sha256').update(update).digest('base64');

/** A client that delivers the same update in every round; before it does, it waits for `beforeUpdate(round)`. */
export async function takePart(url, clientId, beforeUpdate) {
  const status = {
    FL_task_id: 'bench',
    FL_client_num: 0,
    FL_client_mac: null,
    FL_client_online: true,
    FL_client_start: true,
    FL_client_fail: false,
    FL_server_IP: null,
    FL_next_gl_model: 1,
  };
  const key = `the key of ${clientId}`;
  const { token, runId } = await ask(url, '/v1/clients', {
    method: 'POST',
    body: { protocolVersion: 1, taskId: 'bench', clientId, key, status },
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
