export const managerInfo = {
  FL_client: 'localhost:8003',
  GL_Model_V: 2,
  FL_ready: true,
  client_online: true,
  client_training: false,
  task_id: 'mnist',
  task_status: null,
  client_mac: 'aa',
  client_name: 'pi',
};

export const trainResult = {
  client_mac: 'aa',
  client_name: 'pi',
  round: 1,
  train_loss: 0.3,
  train_accuracy: 0.9,
  train_time: 12.5,
  gl_model_v: 2,
};

export const notice = { client_id: 'device-7', client_mac: 'aa', run_id: 'v1' };

export const serverStatus = {
  S3_bucket: 'fl-gl-model',
  Last_GL_Model: '',
  FLServer_start: '2026-11-24 03:00:00',
  FLSeReady: true,
  GL_Model_V: 1,
};
