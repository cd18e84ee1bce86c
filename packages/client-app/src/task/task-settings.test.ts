import { describe, expect, it } from '@jest/globals';
import { type FLClientTaskSettings, readTaskSettings } from './task-settings.js';

const sound: FLClientTaskSettings = { taskId: 'mnist', dataDir: 'data' };

describe('readTaskSettings', () => {
  it('listens on loopback, at 8003, without credentials, where nothing else is said', () => {
    const { listen, door } = readTaskSettings(sound, {}, []);
    expect(listen).toEqual({ host: '127.0.0.1', port: 8003, credentials: false, insecure: false });
    expect(door).toMatchObject({ listenHost: '127.0.0.1', ownHosts: [], allowedOrigins: [] });
  });

  it('takes port and server from the environment, and settings before it', () => {
    const env = { FEDOPS_CLIENT_PORT: '9001', FEDOPS_AGGREGATION_SERVER: '10.0.0.5:8080' };
    expect(readTaskSettings(sound, env, [])).toMatchObject({
      listen: { port: 9001 },
      override: { kind: 'server', server: '10.0.0.5:8080' },
    });
    expect(readTaskSettings({ ...sound, port: 0, serverIp: '10.0.0.6:1' }, env, [])).toMatchObject({
      listen: { port: 0 },
      configuredServer: { server_ip: '10.0.0.6:1' },
      override: { kind: 'none' },
    });
  });

  it('takes an empty variable for none', () => {
    const env = { FEDOPS_CLIENT_PORT: '', FEDOPS_AGGREGATION_SERVER: ' ' };
    const { listen, configuredServer, override } = readTaskSettings(sound, env, []);
    expect(listen.port).toBe(8003);
    expect(configuredServer).toBeUndefined();
    expect(override).toEqual({ kind: 'none' });
  });

  it('allows connecting to what is configured', () => {
    const settings = { ...sound, serverUrl: 'https://fl.example/x', allowedHosts: ['other.example:1'] };
    const { policy } = readTaskSettings(settings, {}, ['http://manager.example:40019']);
    expect([...policy.hosts].sort()).toEqual(['fl.example', 'manager.example', 'other.example']);
  });

  it('allows connecting to the host that the environment names', () => {
    const { policy } = readTaskSettings(sound, { FEDOPS_AGGREGATION_HOST: 'fl.example' }, []);
    expect([...policy.hosts]).toEqual(['fl.example']);
  });

  it('counts a control token as credentials', () => {
    const { listen } = readTaskSettings({ ...sound, controlToken: 'x'.repeat(16) }, {}, []);
    expect(listen.credentials).toBe(true);
  });

  it('leaves labels out where it is told to', () => {
    expect(readTaskSettings({ ...sound, clientMac: null, clientName: null }, {}, [])).toMatchObject({
      clientMac: null,
      clientName: null,
    });
  });

  it.each<[string, object]>([
    ['taskId', { taskId: '' }],
    ['port', { port: 70_000 }],
    ['serverUrl', { serverUrl: 'ftp://fl.example' }],
    ['serverIp', { serverIp: 'a b' }],
    ['key', { dataDir: undefined, clientId: 'seven', key: 'short' }],
    ['controlToken', { controlToken: 'short' }],
    ['controlToken', { controlToken: 'a token with spaces' }],
    ['dataDir', { dataDir: undefined }],
    ['dataDir', { dataDir: undefined, clientId: 'seven' }],
    ['dataDir', { clientId: 'seven', key: 'x'.repeat(16) }],
    ['host', { allowedHosts: ['a b'] }],
  ])('names %s when it is wrong: %j', (name, wrong) => {
    const reading = () => readTaskSettings({ ...sound, ...wrong } as FLClientTaskSettings, {}, []);
    expect(reading).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining(name) }),
    );
  });

  it('names the port when the variable is no number', () => {
    const reading = () => readTaskSettings(sound, { FEDOPS_CLIENT_PORT: 'http' }, []);
    expect(reading).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining('port') }),
    );
  });
});
