import { describe, expect, it } from '@jest/globals';
import { ClientFailureNoticeSchema, ClientNoticeSchema } from './client-notice.js';
import {
  ClientSystemSchema,
  ClientTimeResultSchema,
  TestResultSchema,
  TrainResultSchema,
  XaiResultSchema,
} from './client-results.js';
import { ClusterAssignmentAnswerSchema, ClusterAssignmentSchema } from './cluster-assignment.js';
import { DeviceRecordSchema } from './device-record.js';
import { ManagerInfoSchema } from './manager-info.js';
import { GlModelEvaluationSchema, ServerTimeResultSchema } from './server-reports.js';
import { ServerStatusAnswerSchema, ServerStatusSchema, ServerStatusUpdateSchema } from './server-status.js';

const device = {
  FL_task_ID: 'mnist',
  Device_mac: 'aa',
  Device_hostname: 'pi',
  Device_online: true,
  Device_training: false,
};

describe('manager info', () => {
  const today = {
    FL_client: 'localhost:8003',
    server_ST: 'ccl.gachon.ac.kr:40019',
    server: 'ccl.gachon.ac.kr',
    S3_bucket: 'fl-gl-model',
    s3_ready: false,
    GL_Model_V: 4,
    FL_ready: true,
    client_online: true,
    client_training: false,
    task_id: 'mnist',
    task_status: device,
    client_mac: 'aa',
    client_name: 'pi',
  };

  it('reads a manager of today', () => {
    expect(ManagerInfoSchema.parse(today)).toEqual(today);
  });

  it('reads a manager of 2023 as the same type', () => {
    const old = {
      FL_client: 'localhost:8003',
      FL_server_ST: 'ccl.gachon.ac.kr:40019',
      FL_server: 'ccl.gachon.ac.kr',
      S3_bucket: 'fl-gl-model',
      s3_ready: false,
      FL_client_num: 0,
      GL_Model_V: 4,
      FL_ready: true,
      FL_client_online: true,
      FL_learning: false,
      FL_task_id: 'mnist',
      FL_task_status: device,
      FL_client_mac: 'aa',
      FL_client_hostname: 'pi',
    };

    expect(ManagerInfoSchema.parse(old)).toEqual(today);
  });

  it('reads a manager that has met neither task nor device yet', () => {
    expect(ManagerInfoSchema.parse({ ...today, task_id: '', task_status: null }).task_status).toBeNull();
  });

  it.each(['GL_Model_V', 'FL_ready', 'client_online', 'client_training', 'task_id', 'client_mac'])(
    'names %s where it is missing',
    (field) => {
      const { [field]: _missing, ...others } = today as Record<string, unknown>;

      expect(ManagerInfoSchema.safeParse(others).error?.issues.map(({ path }) => path[0])).toEqual([field]);
    },
  );
});

describe('a device record', () => {
  it('reads cluster_id under both of its names', () => {
    expect(DeviceRecordSchema.parse({ ...device, clusterId: 0 }).cluster_id).toBe(0);
    expect(DeviceRecordSchema.parse({ ...device, cluster_id: 3 }).cluster_id).toBe(3);
  });

  it('reads nulls, which Python has in every field', () => {
    expect(
      DeviceRecordSchema.parse({ FL_task_ID: null, Device_mac: null, Device_online: null }),
    ).toBeDefined();
  });
});

describe('server status', () => {
  const status = {
    S3_bucket: 'fl-gl-model',
    Last_GL_Model: 'CNN_gl_model_V1.pth',
    FLServer_start: '2026-11-24 03:00:00',
    FLSeReady: true,
    GL_Model_V: 2,
    Task_status: device,
    Campaign_run_id: 'run-00000001',
  };

  it('reads a manager of today, campaign included', () => {
    expect(ServerStatusAnswerSchema.parse({ Server_Status: status }).Server_Status).toEqual(status);
  });

  it.each([
    ['Latest_GL_Model', 'Last_GL_Model'],
    ['Server_manager_start', 'FLServer_start'],
    ['Play_datetime', 'FLServer_start'],
  ])('reads %s as %s', (old, name) => {
    expect(ServerStatusSchema.parse({ FLSeReady: false, GL_Model_V: 0, [old]: 'x' })).toHaveProperty(
      name,
      'x',
    );
  });

  it('is never sent in part, as Python would fill in version 0', () => {
    const result = ServerStatusUpdateSchema.safeParse({ FLSeReady: false });

    expect(result.error?.issues.map(({ path }) => path[0])).toEqual([
      'S3_bucket',
      'Last_GL_Model',
      'FLServer_start',
      'GL_Model_V',
    ]);
  });
});

describe('results', () => {
  const origin = { fl_task_id: 'mnist', client_mac: 'aa', client_name: 'pi', gl_model_v: 2, wandb_name: '' };

  it('reads a train result of today and of 2023 as one type', () => {
    const today = { ...origin, round: 1, train_loss: 0.3, train_accuracy: 0.9, train_time: 12.5 };
    const { gl_model_v, train_accuracy, ...others } = today;

    expect(TrainResultSchema.parse(today)).toEqual(today);
    expect(
      TrainResultSchema.parse({ ...others, next_gl_model_v: gl_model_v, train_acc: train_accuracy }),
    ).toEqual(today);
  });

  it('reads a test result of 2023', () => {
    const old = {
      fl_task_id: 'mnist',
      client_mac: 'aa',
      round: 1,
      test_loss: 0.3,
      test_acc: 0.8,
      next_gl_model_v: 2,
    };

    expect(TestResultSchema.parse(old)).toMatchObject({ test_accuracy: 0.8, gl_model_v: 2 });
  });

  it('reads time, load and cluster', () => {
    expect(ClientTimeResultSchema.parse({ ...origin, operation_time: 60 }).operation_time).toBe(60);
    expect(
      TrainResultSchema.parse({
        ...origin,
        round: 1,
        train_loss: 1,
        train_acc: 0,
        train_time: 1,
        clusterId: 5,
      }).cluster_id,
    ).toBe(5);
    const load = {
      network_sent: 1,
      network_recv: 2,
      disk: 3,
      runtime: 4,
      memory_rssMB: 5,
      memory_availableMB: 6,
      cpu: 7,
      cpu_threads: 8,
      memory: 9,
      memory_percent: 10,
      timestamp: 11,
    };
    expect(ClientSystemSchema.parse({ ...origin, ...load })).toEqual({ ...origin, ...load });
  });

  it('refuses a loss that is not finite, which JSON would turn into null', () => {
    const result = { ...origin, round: 1, train_loss: Number.NaN, train_accuracy: 0.9, train_time: 1 };

    expect(TrainResultSchema.safeParse(result).error?.issues[0]?.path).toEqual(['train_loss']);
  });

  it('reads a model evaluation of 2023 and one that measured nothing', () => {
    const base = { fl_task_id: 'mnist', round: 1, run_time_by_round: 3 };

    expect(
      GlModelEvaluationSchema.parse({ ...base, gl_acc: 0.9, gl_loss: 0.1, next_gl_model_v: 2 }),
    ).toMatchObject({
      gl_accuracy: 0.9,
      gl_model_v: 2,
    });
    expect(
      GlModelEvaluationSchema.parse({ ...base, gl_loss: null, gl_accuracy: null, gl_model_v: 2 }).gl_loss,
    ).toBeNull();
    expect(
      ServerTimeResultSchema.parse({ fl_task_id: 'mnist', server_operation_time: 1, next_gl_model_v: 2 })
        .gl_model_v,
    ).toBe(2);
  });

  it('takes any JSON object as an XAI result, and nothing that JSON lacks', () => {
    expect(XaiResultSchema.safeParse({ layer: 'conv', map: [[0, 1]], note: null }).success).toBe(true);
    expect(XaiResultSchema.safeParse({ when: new Date(0) }).success).toBe(false);
  });
});

describe('a cluster assignment', () => {
  it('takes a cluster, 0 included, or null', () => {
    expect(ClusterAssignmentSchema.parse({ client_mac: 'aa', cluster_id: 0 }).cluster_id).toBe(0);
    expect(ClusterAssignmentSchema.parse({ client_mac: 'aa', cluster_id: null }).cluster_id).toBeNull();
  });

  it('is not acknowledged by `ok: false`', () => {
    expect(ClusterAssignmentAnswerSchema.safeParse({ ok: false, cluster_id: 0 }).success).toBe(false);
  });
});

describe('a client notice', () => {
  it('needs an id and says of which run it speaks, or null', () => {
    expect(ClientNoticeSchema.safeParse({ client_id: 'c', run_id: null }).success).toBe(true);
    expect(ClientNoticeSchema.safeParse({ client_id: 'c' }).success).toBe(false);
    expect(ClientNoticeSchema.safeParse({ client_id: '', run_id: 'v1' }).success).toBe(false);
  });

  it('gives reasons from the closed set alone', () => {
    const failure = (code: string) => ({ client_id: 'c', run_id: 'v1', reason: { code, message: 'm' } });

    expect(ClientFailureNoticeSchema.safeParse(failure('unavailable')).success).toBe(true);
    expect(ClientFailureNoticeSchema.safeParse(failure('sad')).success).toBe(false);
  });
});
