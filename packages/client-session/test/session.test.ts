import { type ClientId, type ClientStatus, FedOpsError, type TaskId } from '@fedops/shared-types';
import { describe, expect, test } from '@jest/globals';
import { createSession } from '../src/session/create-session.js';
import type { Session, SessionSettings } from '../src/session/session.js';
import type { SessionState } from '../src/session/session-state.js';
import type { EvaluateInput, FitInput, Trainer, TrainerContext, WorkOrigin } from '../src/trainer.js';
import { FakeClock, settle } from './fake-clock.js';
import { aModel, aWork, DIGEST, FakeServer, FINISH, failing, SIGNATURE } from './fake-server.js';

const STATUS: ClientStatus = {
  FL_task_id: 'mnist',
  FL_client_num: 0,
  FL_client_mac: null,
  FL_client_online: true,
  FL_client_start: true,
  FL_client_fail: false,
  FL_server_IP: null,
  FL_next_gl_model: 1,
};

function aTrainer(over: Partial<Trainer> = {}): Trainer {
  return {
    async fit({ parameters }) {
      return { parameters, numExamples: 10, metrics: { loss: 0.5 } };
    },
    async evaluate() {
      return { loss: 0.4, numExamples: 5, metrics: { accuracy: 0.9 } };
    },
    ...over,
  };
}

/** A fit that goes on until its signal aborts, or for ever where it does not heed it. */
function endlessFit(seen: { context?: TrainerContext } = {}, heeds = true): Trainer {
  return aTrainer({
    fit: (_input, context) =>
      new Promise((_resolve, reject) => {
        seen.context = context;
        if (heeds) context.signal.addEventListener('abort', () => reject(context.signal.reason));
      }),
  });
}

interface Stage {
  readonly server: FakeServer;
  readonly clock: FakeClock;
  readonly session: Session;
  readonly states: SessionState[];
}

function aStage(trainer: Trainer = aTrainer(), settings: Partial<SessionSettings> = {}): Stage {
  const server = new FakeServer();
  const clock = new FakeClock();
  const session = createSession(
    { transport: server, trainer, clock, random: () => 0.5 },
    {
      taskId: 'mnist' as TaskId,
      identity: { clientId: 'device-7' as ClientId, key: 'k'.repeat(32) },
      status: () => STATUS,
      ...settings,
    },
  );
  const states: SessionState[] = [];
  session.onChange((state) => states.push(state));
  return { server, clock, session, states };
}

const phases = ({ states }: Stage) =>
  states.map(({ phase }) => phase).filter((phase, i, all) => phase !== all[i - 1]);

describe('a session', () => {
  test('fits, evaluates and finishes as the server tells it', async () => {
    const stage = aStage();
    stage.server.instructions.push(
      () => aWork('fit'),
      () => aWork('evaluate'),
      () => FINISH,
    );
    expect(await stage.session.run()).toMatchObject({ phase: 'finished', version: 1, digest: DIGEST });
    expect(stage.server.delivered.map(({ result }) => result)).toMatchObject([
      { kind: 'update', header: { numExamples: 10, metrics: { loss: 0.5 } } },
      { kind: 'evaluation', evaluation: { loss: 0.4, numExamples: 5 } },
    ]);
    expect(phases(stage)).toEqual([
      'connecting',
      'waiting',
      'fitting',
      'uploading',
      'waiting',
      'evaluating',
      'uploading',
      'waiting',
      'finished',
    ]);
    expect(stage.server.left).toBe(1);
  });

  test('tells the trainer whose work it does', async () => {
    const told: object[] = [];
    const tell = ({ taskId, runId, clientId }: WorkOrigin) => {
      told.push({ taskId, runId, clientId });
      throw new Error('told enough');
    };
    const stage = aStage({ fit: async (input) => tell(input), evaluate: async (input) => tell(input) });
    stage.server.instructions.push(
      () => aWork('fit'),
      () => aWork('evaluate'),
      () => FINISH,
    );
    await stage.session.run();
    const origin = { taskId: 'mnist', runId: 'v1', clientId: 'device-7' };
    expect(told).toEqual([origin, origin]);
  });

  test('asks again when there is no instruction yet', async () => {
    const stage = aStage();
    stage.server.instructions.push(
      () => undefined,
      () => undefined,
      () => FINISH,
    );
    const ended = stage.session.run();
    await stage.clock.advance(1_000);
    expect(await ended).toMatchObject({ phase: 'finished' });
  });

  test('fails with the code of the run that failed', async () => {
    const stage = aStage();
    stage.server.instructions.push(() => ({
      kind: 'fail',
      runId: FINISH.runId,
      code: 'aborted',
      message: 'stopped',
    }));
    expect(await stage.session.run()).toMatchObject({ phase: 'failed', code: 'aborted', message: 'stopped' });
  });

  test('tells listeners of every change until they have enough', async () => {
    const stage = aStage();
    const seen: string[] = [];
    const unsubscribe = stage.session.onChange(({ phase }) => {
      seen.push(phase);
      if (phase === 'waiting') unsubscribe();
    });
    stage.server.instructions.push(() => FINISH);
    await stage.session.run();
    expect(seen).toEqual(['connecting', 'connecting', 'waiting']);
  });

  test('registers with the status of its own state', async () => {
    const stage = aStage(aTrainer(), {
      status: (state) => ({ ...STATUS, FL_client_start: state.phase === 'connecting' }),
    });
    stage.server.instructions.push(() => FINISH);
    await stage.session.run();
    expect(stage.server.registrations[0]).toMatchObject({
      protocolVersion: 1,
      taskId: 'mnist',
      clientId: 'device-7',
      status: { FL_client_start: true },
    });
  });

  test('gives the same run to whoever runs it twice, and can be run again after its end', async () => {
    const stage = aStage();
    stage.server.instructions.push(
      () => FINISH,
      () => FINISH,
    );
    const first = stage.session.run();
    expect(stage.session.run()).toBe(first);
    await first;
    expect(await stage.session.run()).toMatchObject({ phase: 'finished' });
    expect(stage.server.registrations).toHaveLength(2);
  });

  test('fetches equal parameters once, and a trainer that changes them changes only its own copy', async () => {
    const seen: number[] = [];
    const note = ({ parameters }: FitInput | EvaluateInput) => {
      seen.push(Number(parameters.tensors[0]![0]));
      parameters.tensors[0]![0] = 99;
    };
    const stage = aStage(
      aTrainer({
        async fit(input) {
          note(input);
          return { parameters: input.parameters, numExamples: 1, metrics: {} };
        },
        async evaluate(input) {
          note(input);
          return { loss: 0, numExamples: 1, metrics: {} };
        },
      }),
    );
    stage.server.instructions.push(
      () => aWork('evaluate'),
      () => aWork('fit', { round: 2 }),
      () => FINISH,
    );
    await stage.session.run();
    expect(seen).toEqual([1, 1]);
    expect(stage.server.fetched).toBe(1);
  });
});

describe('a trainer that fails', () => {
  test.each([
    [
      'throws',
      () => {
        throw new Error('out of memory');
      },
      'internal',
    ],
    [
      'returns another shape',
      () => ({ parameters: { signature: [], tensors: [] }, numExamples: 1, metrics: {} }),
      'shape-mismatch',
    ],
    [
      'returns too few tensors',
      () => ({ parameters: { ...aModel(), tensors: [] }, numExamples: 1, metrics: {} }),
      'shape-mismatch',
    ],
    [
      'returns a NaN',
      () => ({ parameters: aModel(1, Number.NaN, 3, 4), numExamples: 1, metrics: {} }),
      'invalid-argument',
    ],
    ['trained on nothing', () => ({ parameters: aModel(), numExamples: 0, metrics: {} }), 'invalid-argument'],
    [
      'measured no number',
      () => ({ parameters: aModel(), numExamples: 1, metrics: { loss: Number.NaN } }),
      'invalid-argument',
    ],
  ])('%s: the failure is reported and the session goes on', async (_name, fit, code) => {
    const stage = aStage(aTrainer({ fit: async () => fit() }));
    stage.server.instructions.push(
      () => aWork('fit'),
      () => FINISH,
    );
    expect(await stage.session.run()).toMatchObject({ phase: 'finished' });
    expect(stage.server.delivered.map(({ result }) => result)).toMatchObject([
      { kind: 'failure', failure: { work: 'fit', code } },
    ]);
  });

  test('evaluates to something that is no number: the failure is reported', async () => {
    const stage = aStage(
      aTrainer({ evaluate: async () => ({ loss: Number.NaN, numExamples: 1, metrics: {} }) }),
    );
    stage.server.instructions.push(
      () => aWork('evaluate'),
      () => FINISH,
    );
    await stage.session.run();
    expect(stage.server.delivered[0]!.result).toMatchObject({
      kind: 'failure',
      failure: { work: 'evaluate', code: 'invalid-argument' },
    });
  });
});

describe('a delivery', () => {
  test.each(['unavailable', 'deadline-exceeded', 'overloaded', 'storage'] as const)(
    'is repeated after %s',
    async (code) => {
      const stage = aStage();
      stage.server.instructions.push(
        () => aWork('fit'),
        () => FINISH,
      );
      stage.server.deliveries.push(failing(code), failing(code));
      const ended = stage.session.run();
      await settle();
      expect(stage.session.state()).toMatchObject({
        phase: 'uploading',
        result: 'update',
        attempt: 1,
        lastError: { code },
      });
      await stage.clock.advance(10_000);
      expect(await ended).toMatchObject({ phase: 'finished' });
      expect(stage.server.delivered).toMatchObject([{ result: { kind: 'update' } }]);
    },
  );

  test('waits as long as the overloaded server asks', async () => {
    const stage = aStage();
    stage.server.instructions.push(
      () => aWork('fit'),
      () => FINISH,
    );
    stage.server.deliveries.push(failing('overloaded', { retryAfterMs: 20_000 }));
    const ended = stage.session.run();
    await stage.clock.advance(19_999);
    expect(stage.server.delivered).toHaveLength(0);
    await stage.clock.advance(5_001);
    expect(await ended).toMatchObject({ phase: 'finished' });
  });

  test.each(['stale-round', 'conflict'] as const)(
    'that the server answers with %s is dropped',
    async (code) => {
      const stage = aStage();
      stage.server.instructions.push(
        () => aWork('fit'),
        () => FINISH,
      );
      stage.server.deliveries.push(failing(code));
      expect(await stage.session.run()).toMatchObject({ phase: 'finished' });
      expect(stage.server.delivered).toEqual([]);
    },
  );

  test.each(['shape-mismatch', 'invalid-argument', 'too-large'] as const)(
    'that is refused with %s becomes a failure report',
    async (code) => {
      const stage = aStage();
      stage.server.instructions.push(
        () => aWork('fit'),
        () => FINISH,
      );
      stage.server.deliveries.push(failing(code));
      expect(await stage.session.run()).toMatchObject({ phase: 'finished' });
      expect(stage.server.delivered.map(({ result }) => result)).toMatchObject([
        { kind: 'failure', failure: { code } },
      ]);
    },
  );

  test('is made again by a client that registered anew after unauthenticated', async () => {
    const stage = aStage();
    stage.server.instructions.push(
      () => aWork('fit'),
      () => FINISH,
    );
    stage.server.deliveries.push(failing('unauthenticated'));
    expect(await stage.session.run()).toMatchObject({ phase: 'finished' });
    expect(stage.server.delivered).toMatchObject([{ token: 'token-2', result: { kind: 'update' } }]);
  });

  test('ends with the round', async () => {
    const stage = aStage();
    stage.server.instructions.push(
      () => aWork('fit', { remainingMs: 5_000 }),
      () => FINISH,
    );
    stage.server.deliveries.push(...Array.from({ length: 50 }, () => failing('overloaded')));
    const ended = stage.session.run();
    await stage.clock.advance(4_999);
    expect(stage.session.state()).toMatchObject({ phase: 'uploading' });
    await stage.clock.advance(1);
    expect(await ended).toMatchObject({ phase: 'finished' });
  });

  test('to a server that is gone fails the session once reconnectForMs is over', async () => {
    const stage = aStage(aTrainer(), { reconnectForMs: 10_000 });
    stage.server.instructions.push(() => aWork('fit', { remainingMs: 600_000 }));
    stage.server.deliveries.push(...Array.from({ length: 50 }, () => failing('unavailable')));
    const ended = stage.session.run();
    await stage.clock.advance(9_000);
    expect(stage.session.state()).toMatchObject({ phase: 'uploading' });
    await stage.clock.advance(30_000);
    expect(await ended).toMatchObject({ phase: 'failed', code: 'unavailable' });
  });
});

describe('fetching parameters', () => {
  test('is repeated while the server is away', async () => {
    const stage = aStage();
    stage.server.instructions.push(
      () => aWork('fit'),
      () => FINISH,
    );
    stage.server.fetches.push(failing('unavailable'));
    const ended = stage.session.run();
    await stage.clock.advance(5_000);
    expect(await ended).toMatchObject({ phase: 'finished' });
    expect(stage.server.delivered).toMatchObject([{ result: { kind: 'update' } }]);
  });

  test('that fails for good is reported', async () => {
    const stage = aStage();
    stage.server.instructions.push(
      () => aWork('fit'),
      () => FINISH,
    );
    stage.server.fetches.push(failing('bad-response'));
    await stage.session.run();
    expect(stage.server.delivered).toMatchObject([
      { result: { kind: 'failure', failure: { code: 'bad-response' } } },
    ]);
  });
});

describe('registration', () => {
  test('tells what the trainer trains, read anew each time', async () => {
    const signatures = [undefined, SIGNATURE];
    const stage = aStage({
      ...aTrainer(),
      get signature() {
        return signatures.shift();
      },
    });
    stage.server.instructions.push(failing('unauthenticated'), () => FINISH);
    await stage.session.run();
    expect(stage.server.registrations.map(({ signature }) => signature)).toEqual([undefined, SIGNATURE]);
  });

  test('of another model than the run is refused at once, and the state names the tensor', async () => {
    const stage = aStage(aTrainer({ signature: SIGNATURE }));
    const message = 'tensor 0: expected w float32[3], got w float32[2, 2]';
    stage.server.connects.push(() => {
      throw new FedOpsError('shape-mismatch', message);
    });
    expect(await stage.session.run()).toMatchObject({ phase: 'failed', code: 'shape-mismatch', message });
    expect(stage.server.registrations).toHaveLength(1);
  });

  test('leaves out a signature that would not pass the door', async () => {
    const signature = Array.from({ length: 4_000 }, (_, i) => ({ ...SIGNATURE[0]!, name: `w${i}` }));
    const stage = aStage(aTrainer({ signature }));
    stage.server.instructions.push(() => FINISH);
    await stage.session.run();
    expect(stage.server.registrations[0]).not.toHaveProperty('signature');
  });

  test('is repeated with growing pauses, and the state says since when, why and until when', async () => {
    const stage = aStage();
    stage.server.connects.push(failing('unavailable'), failing('unavailable'), failing('unavailable'));
    stage.server.instructions.push(() => FINISH);
    const began = stage.clock.now();
    const ended = stage.session.run();
    await settle();
    expect(stage.session.state()).toEqual({
      phase: 'connecting',
      reason: 'registering',
      since: began,
      attempt: 1,
      nextAttemptAt: began + 375,
      deadline: began + 120_000,
      lastError: { code: 'unavailable', message: 'scripted unavailable' },
    });
    await stage.clock.advance(375 + 750);
    expect(stage.session.state()).toMatchObject({ attempt: 3, nextAttemptAt: began + 375 + 750 + 1_500 });
    await stage.clock.advance(1_500);
    expect(await ended).toMatchObject({ phase: 'finished' });
  });

  test.each(['unavailable', 'conflict'] as const)('fails after reconnectForMs of %s', async (code) => {
    const stage = aStage(aTrainer(), { reconnectForMs: 20_000 });
    stage.server.connects.push(...Array.from({ length: 50 }, () => failing(code)));
    const ended = stage.session.run();
    await stage.clock.advance(19_999);
    expect(stage.session.state()).toMatchObject({ phase: 'connecting', lastError: { code } });
    await stage.clock.advance(1);
    expect(await ended).toMatchObject({ phase: 'failed', code });
  });

  test.each(['unsupported', 'not-found', 'permission-denied', 'unauthenticated'] as const)(
    'fails at once with %s',
    async (code) => {
      const stage = aStage();
      stage.server.connects.push(failing(code));
      expect(await stage.session.run()).toMatchObject({ phase: 'failed', code });
      expect(stage.server.registrations).toHaveLength(1);
    },
  );

  test('that nobody answers is given up after 30 s and tried again', async () => {
    const stage = aStage();
    stage.server.connects.push(() => new Promise(() => undefined));
    stage.server.instructions.push(() => FINISH);
    const ended = stage.session.run();
    await stage.clock.advance(31_000);
    expect(await ended).toMatchObject({ phase: 'finished' });
    expect(stage.states).toContainEqual(
      expect.objectContaining({ lastError: expect.objectContaining({ code: 'deadline-exceeded' }) }),
    );
  });
});

describe('a lost connection', () => {
  test('is made again, and the state tells of it', async () => {
    const stage = aStage();
    stage.server.instructions.push(failing('unavailable'), () => FINISH);
    const ended = stage.session.run();
    await settle();
    const at = stage.clock.now();
    expect(stage.session.state()).toEqual({
      phase: 'connecting',
      reason: 'reconnecting',
      since: at,
      attempt: 0,
      nextAttemptAt: at + 375,
      deadline: at + 120_000,
      lastError: { code: 'unavailable', message: 'scripted unavailable' },
    });
    await stage.clock.advance(375);
    expect(await ended).toMatchObject({ phase: 'finished' });
    expect(stage.server.registrations).toHaveLength(2);
  });

  test('fails the session after reconnectForMs, also where registering works and asking does not', async () => {
    const stage = aStage(aTrainer(), { reconnectForMs: 20_000 });
    stage.server.instructions.push(...Array.from({ length: 200 }, () => failing('bad-response')));
    const ended = stage.session.run();
    await stage.clock.advance(40_000);
    expect(await ended).toMatchObject({ phase: 'failed' });
    expect(stage.server.registrations.length).toBeLessThan(20);
  });

  test('is forgiven by an answer: the next loss has its own time', async () => {
    const stage = aStage(aTrainer(), { reconnectForMs: 10_000 });
    const poll: { end?: () => void } = {};
    stage.server.instructions.push(
      failing('unavailable'),
      () =>
        new Promise((resolve) => {
          poll.end = () => resolve(undefined);
        }),
      failing('unavailable'),
      () => FINISH,
    );
    const ended = stage.session.run();
    await stage.clock.advance(20_000);
    poll.end?.();
    await stage.clock.advance(5_000);
    expect(await ended).toMatchObject({ phase: 'finished' });
  });

  test('that a heartbeat mended meanwhile is not made a second time', async () => {
    const stage = aStage();
    const poll: { fail?: () => void } = {};
    stage.server.instructions.push(
      () =>
        new Promise((_resolve, reject) => {
          poll.fail = () => reject(new FedOpsError('unauthenticated', 'who?'));
        }),
      () => FINISH,
    );
    stage.server.heartbeatAnswers.push(failing('unauthenticated'));
    const ended = stage.session.run();
    await stage.clock.advance(6_000);
    expect(stage.server.registrations).toHaveLength(2);
    poll.fail?.();
    expect(await ended).toMatchObject({ phase: 'finished' });
    expect(stage.server.registrations).toHaveLength(2);
  });

  test('does not disturb training: heartbeats fail, are repeated, and the update is delivered', async () => {
    const gate: { open?: () => void } = {};
    const stage = aStage(
      aTrainer({
        async fit({ parameters }) {
          await new Promise<void>((resolve) => {
            gate.open = resolve;
          });
          return { parameters, numExamples: 3, metrics: {} };
        },
      }),
      { reconnectForMs: 5_000 },
    );
    stage.server.instructions.push(
      () => aWork('fit', { remainingMs: 600_000 }),
      () => FINISH,
    );
    stage.server.heartbeatAnswers.push(...Array.from({ length: 20 }, () => failing('unavailable')));
    const ended = stage.session.run();
    await stage.clock.advance(30_000);
    expect(stage.session.state()).toMatchObject({ phase: 'fitting' });
    gate.open?.();
    expect(await ended).toMatchObject({ phase: 'finished' });
    expect(stage.server.delivered).toMatchObject([
      { result: { kind: 'update', header: { numExamples: 3 } } },
    ]);
  });
});

describe('heartbeats', () => {
  test('go on every third of the lease while the trainer works, and say how far it is', async () => {
    const seen: { context?: TrainerContext } = {};
    const stage = aStage(endlessFit(seen));
    stage.server.instructions.push(() => aWork('fit', { remainingMs: 600_000 }));
    const ended = stage.session.run();
    await settle();
    seen.context?.progress(0.25);
    await stage.clock.advance(15_000);
    expect(stage.server.heartbeats.map(({ activity }) => activity)).toEqual(
      Array.from({ length: 3 }, () => ({ kind: 'fitting', runId: 'v1', round: 1, progress: 0.25 })),
    );
    await stage.session.stop('test');
    await ended;
  });

  test('answered with abandon end the work, and the next instruction is asked for', async () => {
    const seen: { context?: TrainerContext } = {};
    const stage = aStage(endlessFit(seen));
    stage.server.instructions.push(
      () => aWork('fit'),
      () => FINISH,
    );
    stage.server.heartbeatAnswers.push(() => ({ work: 'abandon' }));
    const ended = stage.session.run();
    await stage.clock.advance(5_000);
    expect(await ended).toMatchObject({ phase: 'finished' });
    expect(seen.context?.signal.aborted).toBe(true);
    expect(stage.server.delivered).toEqual([]);
  });

  test('answered with unauthenticated register the client again without disturbing its work', async () => {
    const stage = aStage(endlessFit());
    stage.server.instructions.push(() => aWork('fit', { remainingMs: 600_000 }));
    stage.server.heartbeatAnswers.push(failing('unauthenticated'));
    const ended = stage.session.run();
    await stage.clock.advance(11_000);
    expect(stage.server.registrations).toHaveLength(2);
    expect(stage.session.state()).toMatchObject({ phase: 'fitting' });
    await stage.session.stop('test');
    await ended;
  });
});

describe('a late answer to a heartbeat', () => {
  test('abandons the work that the heartbeat named, not the one that came after it', async () => {
    const answer: { send?: () => void } = {};
    const gates: (() => void)[] = [];
    const stage = aStage(
      aTrainer({
        async fit({ parameters }) {
          await new Promise<void>((resolve) => gates.push(resolve));
          return { parameters, numExamples: 1, metrics: {} };
        },
      }),
    );
    stage.server.instructions.push(
      () => aWork('fit'),
      () => aWork('fit', { round: 2 }),
      () => FINISH,
    );
    stage.server.heartbeatAnswers.push(
      () =>
        new Promise((resolve) => {
          answer.send = () => resolve({ work: 'abandon' });
        }),
    );
    const ended = stage.session.run();
    await stage.clock.advance(5_000);
    gates[0]!();
    await settle();
    answer.send?.();
    await settle();
    expect(stage.session.state()).toMatchObject({ phase: 'fitting', round: 2 });
    gates[1]!();
    await ended;
    expect(stage.server.delivered.map(({ key }) => key.round)).toEqual([1, 2]);
  });
});

describe('a server that makes no sense', () => {
  test('by repeating work that it does not want is not asked in a busy loop', async () => {
    const stage = aStage();
    const asked = { times: 0 };
    for (let i = 0; i < 500; i++) {
      stage.server.instructions.push(() => {
        asked.times += 1;
        return aWork('fit');
      });
      stage.server.deliveries.push(failing('stale-round'));
    }
    const ended = stage.session.run();
    await stage.clock.advance(30_000);
    expect(asked.times).toBeLessThan(20);
    await stage.session.stop('test');
    await ended;
  });

  test('by saying at once that there is nothing yet is asked ten times a second at most', async () => {
    const stage = aStage();
    const asked = { times: 0 };
    for (let i = 0; i < 500; i++) {
      stage.server.instructions.push(() => {
        asked.times += 1;
        return undefined;
      });
    }
    const ended = stage.session.run();
    await stage.clock.advance(1_000);
    expect(asked.times).toBeLessThanOrEqual(11);
    await stage.session.stop('test');
    await ended;
  });

  test('by refusing the report of a failure too does not end the session', async () => {
    const stage = aStage();
    stage.server.instructions.push(
      () => aWork('fit'),
      () => FINISH,
    );
    stage.server.deliveries.push(failing('shape-mismatch'), failing('invalid-argument'));
    expect(await stage.session.run()).toMatchObject({ phase: 'finished' });
  });

  test('by refusing the report of a trainer that failed is not told twice', async () => {
    const stage = aStage(aTrainer({ fit: () => Promise.reject(new Error('out of memory')) }));
    stage.server.instructions.push(
      () => aWork('fit'),
      () => FINISH,
    );
    stage.server.deliveries.push(failing('invalid-argument'));
    expect(await stage.session.run()).toMatchObject({ phase: 'finished' });
    expect(stage.server.delivered).toEqual([]);
  });

  test('by forbidding to ask ends the session at once', async () => {
    const stage = aStage();
    stage.server.instructions.push(failing('permission-denied'));
    expect(await stage.session.run()).toMatchObject({ phase: 'failed', code: 'permission-denied' });
    expect(stage.server.left).toBe(1);
  });

  test('by leaving a poll open for ever is asked again after 40 s', async () => {
    const stage = aStage();
    stage.server.instructions.push(
      () => new Promise(() => undefined),
      () => FINISH,
    );
    const ended = stage.session.run();
    await stage.clock.advance(45_000);
    expect(await ended).toMatchObject({ phase: 'finished' });
  });
});

describe('the deadline of the round', () => {
  test('ends the work', async () => {
    const seen: { context?: TrainerContext } = {};
    const stage = aStage(endlessFit(seen));
    stage.server.instructions.push(
      () => aWork('fit', { remainingMs: 7_000 }),
      () => FINISH,
    );
    const ended = stage.session.run();
    await stage.clock.advance(6_999);
    expect(seen.context?.signal.aborted).toBe(false);
    await stage.clock.advance(1);
    expect(await ended).toMatchObject({ phase: 'finished' });
    expect(seen.context?.signal.aborted).toBe(true);
  });

  test('passes a trainer by that ignores it; the next work waits for the trainer', async () => {
    let running = 0;
    let most = 0;
    const gates: (() => void)[] = [];
    const stage = aStage(
      aTrainer({
        async fit({ parameters }) {
          running += 1;
          most = Math.max(most, running);
          await new Promise<void>((resolve) => gates.push(resolve));
          running -= 1;
          return { parameters, numExamples: 1, metrics: {} };
        },
      }),
    );
    stage.server.instructions.push(
      () => aWork('fit', { remainingMs: 1_000 }),
      () => aWork('fit', { round: 2 }),
      () => FINISH,
    );
    const ended = stage.session.run();
    await stage.clock.advance(2_000);
    expect(stage.session.state()).toMatchObject({ phase: 'fitting', round: 2 });
    gates[0]!();
    await settle();
    gates[1]!();
    expect(await ended).toMatchObject({ phase: 'finished' });
    expect(most).toBe(1);
    expect(stage.server.delivered).toMatchObject([{ key: { round: 2 } }]);
  });
});

describe('stop', () => {
  test('aborts the trainer, leaves the server and ends idle', async () => {
    const seen: { context?: TrainerContext } = {};
    const stage = aStage(endlessFit(seen));
    stage.server.instructions.push(() => aWork('fit'));
    const ended = stage.session.run();
    await settle();
    await Promise.all([stage.session.stop('told to'), stage.session.stop('twice')]);
    expect(await ended).toMatchObject({ phase: 'idle', reason: 'stopped' });
    expect(seen.context?.signal.aborted).toBe(true);
    expect(stage.server.left).toBe(1);
    expect(stage.states).toContainEqual(expect.objectContaining({ phase: 'stopping', reason: 'told to' }));
  });

  test('waits no longer than 5 s for a trainer that ignores its signal', async () => {
    const stage = aStage(endlessFit({}, false));
    stage.server.instructions.push(() => aWork('fit'));
    void stage.session.run();
    await settle();
    const stopped = stage.session.stop('told to');
    await stage.clock.advance(4_000);
    expect(stage.session.state()).toMatchObject({ phase: 'stopping' });
    await stage.clock.advance(1_000);
    await stopped;
    expect(stage.session.state()).toMatchObject({ phase: 'idle', reason: 'stopped' });
  });

  test.each([
    ['while it registers', (server: FakeServer) => server.connects.push(() => new Promise(() => undefined))],
    [
      'while it waits to register again',
      (server: FakeServer) => server.connects.push(failing('unavailable')),
    ],
    ['while it asks for an instruction', () => undefined],
    [
      'while it waits to deliver again',
      (server: FakeServer) => {
        server.instructions.push(() => aWork('fit'));
        server.deliveries.push(failing('unavailable'));
      },
    ],
  ])('%s ends idle at once', async (_name, arrange) => {
    const stage = aStage();
    arrange(stage.server);
    const ended = stage.session.run();
    await settle();
    await stage.session.stop('told to');
    expect(await ended).toMatchObject({ phase: 'idle', reason: 'stopped' });
  });

  test('before the first run changes nothing', async () => {
    const stage = aStage();
    await stage.session.stop('told to');
    expect(stage.session.state()).toMatchObject({ phase: 'idle', reason: 'not-started' });
  });

  test('allows another run', async () => {
    const stage = aStage();
    void stage.session.run();
    await settle();
    await stage.session.stop('told to');
    stage.server.instructions.push(() => FINISH);
    expect(await stage.session.run()).toMatchObject({ phase: 'finished' });
  });
});
