import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FedOpsError } from '../error.js';
import { parseWith } from '../invalid-input.js';
import { type ClientStatus, ClientStatusSchema, clientStatusInBothVocabularies } from './client-status.js';

const founding = {
  FL_task_id: 'mnist',
  FL_client_num: 0,
  FL_client_mac: '02:00:00:00:00:07',
  FL_client_online: true,
  FL_client_start: false,
  FL_client_fail: false,
  FL_server_IP: '127.0.0.1:8080',
  FL_next_gl_model: 1,
};
const current = {
  task_id: 'mnist',
  client_num: 0,
  client_mac: '02:00:00:00:00:07',
  client_name: 'pi',
  client_online: true,
  client_start: false,
  client_fail: false,
  server_IP: '127.0.0.1:8080',
  gl_model: 1,
};

describe('client status', () => {
  it('reads the eight fields of the founding document', () => {
    expect(ClientStatusSchema.parse(founding)).toEqual(founding);
  });

  it('reads what the Python package of today answers as the same type', () => {
    expect(ClientStatusSchema.parse(current)).toEqual({ ...founding, FL_client_name: 'pi' });
  });

  it('reads the names of package 1.0.0 as well', () => {
    const { gl_model, ...others } = current;

    expect(ClientStatusSchema.parse({ ...others, next_gl_model: gl_model }).FL_next_gl_model).toBe(1);
  });

  it('takes our name where a message has both', () => {
    expect(ClientStatusSchema.parse({ ...current, FL_task_id: 'other' }).FL_task_id).toBe('other');
  });

  it('reads a status without a server address', () => {
    expect(ClientStatusSchema.parse({ ...current, server_IP: null }).FL_server_IP).toBeNull();
  });

  it('names the field that is wrong', () => {
    const wrong = () => parseWith(ClientStatusSchema, { ...current, client_start: 'yes' }, 'status');

    expect(wrong).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        details: { fields: [{ field: 'FL_client_start', problem: expect.any(String) }] },
      }),
    );
  });

  it.each([[null], ['online'], [[founding]], [{}]])('refuses %p', (value) => {
    expect(() => parseWith(ClientStatusSchema, value, 'status')).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  });

  it('does not let a message reach the prototype of objects', () => {
    ClientStatusSchema.parse(
      JSON.parse(JSON.stringify(founding).replace('{', '{"__proto__":{"polluted":1},')),
    );

    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('what `/online` and `/start` answer', () => {
  it('carries every field under both names', () => {
    const status = ClientStatusSchema.parse(founding);

    expect(clientStatusInBothVocabularies(status)).toEqual({ ...founding, ...current, client_name: null });
  });

  it('is read back as the same status, by either vocabulary alone too', () => {
    const statuses = fc.record({
      FL_task_id: fc.string({ maxLength: 50 }),
      FL_client_num: fc.nat(),
      FL_client_mac: fc.option(fc.string({ maxLength: 20 })),
      FL_client_name: fc.option(fc.string({ maxLength: 20 })),
      FL_client_online: fc.boolean(),
      FL_client_start: fc.boolean(),
      FL_client_fail: fc.boolean(),
      FL_server_IP: fc.option(fc.string({ maxLength: 20 })),
      FL_next_gl_model: fc.nat(),
    });
    fc.assert(
      fc.property(statuses, (status: ClientStatus) => {
        const sent = JSON.parse(JSON.stringify(clientStatusInBothVocabularies(status)));
        const pythonOnly = Object.fromEntries(
          Object.entries(sent).filter(([name]) => !name.startsWith('FL_')),
        );

        expect(ClientStatusSchema.parse(sent)).toEqual(status);
        expect(ClientStatusSchema.parse(pythonOnly)).toEqual(status);
      }),
    );
  });

  it('throws nothing but its error for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          parseWith(ClientStatusSchema, value, 'status');
        } catch (error) {
          expect(FedOpsError.is(error) && error.code).toBe('invalid-argument');
        }
      }),
    );
  });
});
