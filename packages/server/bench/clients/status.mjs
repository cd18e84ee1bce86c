/** What a client of the benchmarks says of itself when it registers. */
export const STATUS = {
  FL_task_id: 'bench',
  FL_client_num: 0,
  FL_client_mac: null,
  FL_client_online: true,
  FL_client_start: true,
  FL_client_fail: false,
  FL_server_IP: null,
  FL_next_gl_model: 1,
};
