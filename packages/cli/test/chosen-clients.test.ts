import { describe, expect, it } from '@jest/globals';
import { anOperator, type Operator, until } from './operator.js';

/** Enrols devices of task `mnist`. */
async function enrolled({ manager }: Operator, ...deviceIds: string[]): Promise<void> {
  for (const deviceId of deviceIds) {
    const answer = await fetch(`${manager.url}/v1/tasks/mnist/devices`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ protocolVersion: 1, deviceId, key: `the-key-of-device-${deviceId}` }),
    });
    if (answer.status !== 201) throw new Error(`${deviceId}: ${answer.status} ${await answer.text()}`);
  }
}

async function anOperatorWithDevices(): Promise<Operator> {
  const operator = await anOperator();
  await operator.task('--rounds 1');
  await enrolled(operator, 'a', 'b', 'c');
  return operator;
}

describe('a run for chosen clients', () => {
  it('trains with these alone: another one is refused, and told why', async () => {
    const { fedops, takePart } = await anOperatorWithDevices();
    const started = await fedops('run start mnist --client a --client b --clients 2 --json');
    const clients = { kind: 'listed', ids: ['a', 'b'] };
    expect(started.json()).toMatchObject({ settings: { clients } });
    const [stranger] = await takePart('r1', 'c');
    await until(() => stranger!.state().phase === 'failed');
    expect(stranger!.state()).toMatchObject({ code: 'permission-denied' });

    await takePart('r1', 'a', 'b');
    await until(async () => (await fedops('run show r1 --json')).json().state.status === 'published');
    expect((await fedops('run list --json')).json()).toMatchObject([{ settings: { clients } }]);
    expect((await fedops('run show r1')).stdout).toMatch(/^clients +a, b, and no others$/m);
  });

  it('says in why which of them have not come', async () => {
    const { fedops, takePart } = await anOperatorWithDevices();
    await fedops('run start mnist --client a --client b --clients 2');
    await takePart('r1', 'a');
    await until(async () => (await fedops('why --json')).json().waitingFor?.join() === 'b');

    const { stdout } = await fedops('why r1');

    expect(stdout).toMatch(/2 of the 2 listed clients/);
    expect(stdout).toMatch(/\nuntil .*; then the round fails\n/);
    expect(stdout).toMatch(/\bb\b/);
    expect(stdout).toContain('all others are refused');
    expect(stdout).not.toContain('Device c');
  });

  it('does not begin for a device that is not known, nor where a round needs more than are chosen', async () => {
    const { fedops } = await anOperatorWithDevices();
    const unknown = await fedops('run start mnist --client a --client nobody');
    expect(unknown).toMatchObject({ code: 3, stderr: expect.stringContaining('has no device nobody') });
    const tooMany = await fedops('run start mnist --client a --min-clients 2');
    expect(tooMany).toMatchObject({ code: 2, stderr: expect.stringContaining('clientsPerRound.atLeast') });
    expect((await fedops('run list --json')).json()).toEqual([]);
  });
});
