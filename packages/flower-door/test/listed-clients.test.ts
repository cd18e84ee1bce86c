import type { ClientId } from '@fedops/shared-types';
import { status } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { SHAPES, startFederation } from './federation.js';
import { evaluationAnswer, type FlowerClient, fitAnswer, tensorsOf } from './flower-client.js';

const LISTED = { clients: { kind: 'listed' as const, ids: ['kitchen', 'garage'] as ClientId[] } };

async function takePart(client: FlowerClient): Promise<void> {
  for (;;) {
    const message = await client.next();
    if (message.kind === 'fit') client.say(fitAnswer(tensorsOf(1, SHAPES)));
    else if (message.kind === 'evaluate') client.say(evaluationAnswer(0.25));
    else return client.halfClose();
  }
}

describe('a run of listed clients', () => {
  it('sends a Flower client away that brings no name, and tells it why', async () => {
    const { client, server } = await startFederation(LISTED);
    const ended = await client().ended;
    expect(ended.code).toBe(status.PERMISSION_DENIED);
    expect(ended.details).toMatch(/listed clients alone.*metadata fedops-client-id/);
    expect(server.view().clients).toEqual([]);
    expect(server.view().state).toMatchObject({
      phase: 'waiting-for-clients',
      waitingFor: ['kitchen', 'garage'].toSorted(),
    });
    expect(server.view().state.deadline).not.toBeNull();
  });

  it('sends one away that brings a name of nobody who is listed, and takes one that brings a listed name', async () => {
    const { client, server } = await startFederation(LISTED);
    const stranger = await client({ 'fedops-client-id': 'cellar' }).ended;
    expect([stranger.code, stranger.details]).toEqual([
      status.PERMISSION_DENIED,
      'run v1 is for listed clients alone, and cellar is not among them',
    ]);
    await takePart(client({ 'fedops-client-id': 'kitchen' }));
    expect(await server.finished).toMatchObject({ status: 'published' });
    expect(server.view().history[0]?.participants).toMatchObject([{ clientId: 'kitchen' }]);
  });
});
