import { createHash } from 'node:crypto';
import { createParameters, decodeParameters, encodeParameters } from '@fedops/parameters';
import { ask } from './ask.js';

/** A client of an FL server's HTTP door that adds 1 to every element in each fit, until the run ends; resolves with the last instruction. */
export async function takePart(
  serverUrl: string,
  taskId: string,
  clientId: string,
): Promise<{ readonly kind: string }> {
  const registration = await ask(serverUrl, 'POST', '/v1/clients', {
    body: {
      protocolVersion: 1,
      taskId,
      clientId,
      key: `key-of-client-${clientId}`,
      status: statusOf(taskId),
    },
  });
  if (registration.status !== 201) throw new Error(`registration: ${registration.bytes.toString()}`);
  const { token } = registration.json;
  for (;;) {
    const { status, json } = await ask(serverUrl, 'GET', `/v1/clients/${clientId}/instruction?waitMs=5000`, {
      token,
    });
    if (status === 204) continue;
    if (status !== 200) throw new Error(`instruction: ${status}`);
    const path = (what: string) => `/v1/runs/${json.runId}/rounds/${json.round}/${what}/${clientId}`;
    switch (json.kind) {
      case 'fit': {
        const { bytes } = await ask(serverUrl, 'GET', `/v1/parameters/${json.parameters.digest}`, { token });
        const { signature, tensors } = decodeParameters(bytes);
        const trained = tensors.map((tensor) => (tensor as Float32Array).map((value) => value + 1));
        const update = encodeParameters(createParameters(signature, trained));
        const digest = createHash('sha256').update(update).digest('base64');
        await ask(serverUrl, 'PUT', path('updates'), {
          token,
          bytes: update,
          headers: {
            'Content-Digest': `sha-256=:${digest}:`,
            'FedOps-Update': JSON.stringify({ numExamples: 1, metrics: { loss: 0.5 } }),
          },
        });
        break;
      }
      case 'evaluate':
        await ask(serverUrl, 'PUT', path('evaluations'), {
          token,
          body: { loss: 0.25, numExamples: 1, metrics: { accuracy: 0.75 } },
        });
        break;
      default:
        return json;
    }
  }
}

function statusOf(taskId: string) {
  return {
    FL_task_id: taskId,
    FL_client_num: 0,
    FL_client_mac: null,
    FL_client_online: true,
    FL_client_start: true,
    FL_client_fail: false,
    FL_server_IP: null,
    FL_next_gl_model: 1,
  };
}
