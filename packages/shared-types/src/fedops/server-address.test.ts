import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseHostPort } from './host-port.js';
import { PortAnswerSchema } from './port-answer.js';
import { hasServerPort, resolveServerAddress } from './server-address.js';

const managerUrl = 'https://manager.example:40019/fedops';

describe('resolveServerAddress', () => {
  it.each([
    [
      'server_url of the manager’s data wins over all',
      {
        managerData: { server_url: 'https://one/a/', server_ip: 'h:1' },
        portAnswer: { port: 2, external_ip: 'e', server_url: 'https://two' },
        managerUrl,
      },
      'https://one/a',
    ],
    [
      'then server_url of the port answer',
      {
        managerData: { server_ip: 'h:1' },
        portAnswer: { port: 2, external_ip: 'e', server_url: 'https://two' },
      },
      'https://two',
    ],
    [
      'then external_ip, with the answered port',
      { managerData: { server_ip: 'h:1' }, portAnswer: { port: 2, external_ip: 'e' }, managerUrl },
      'http://e:2',
    ],
    [
      'then server_ip with its own port',
      { managerData: { server_ip: 'h:1' }, portAnswer: { port: 2 } },
      'http://h:1',
    ],
    [
      'server_ip takes the answered port where it has none',
      { managerData: { server_ip: 'h' }, portAnswer: { port: 2 } },
      'http://h:2',
    ],
    ['then the host of the manager', { portAnswer: { port: 2 }, managerUrl }, 'http://manager.example:2'],
    ['IPv6 gets brackets', { managerData: { server_ip: '::1' }, portAnswer: { port: 2 } }, 'http://[::1]:2'],
    [
      'bracketed IPv6 keeps them',
      { managerData: { server_ip: '[2001:DB8::7]:80' } },
      'http://[2001:db8::7]:80',
    ],
    [
      'an IPv6 external_ip gets them too',
      { portAnswer: { port: 2, external_ip: 'fe80::1' } },
      'http://[fe80::1]:2',
    ],
    [
      'an IPv6 manager lends its host',
      { portAnswer: { port: 2 }, managerUrl: 'http://[::1]:40019' },
      'http://[::1]:2',
    ],
    [
      'another spelling of loopback is spelt out',
      { managerData: { server_ip: '0x7f.1:80' } },
      'http://127.0.0.1:80',
    ],
  ])('%s', (_rule, sources, url) => {
    expect(resolveServerAddress(sources)).toBe(url);
  });

  it.each([
    ['port', { managerData: { server_ip: 'h' } }],
    ['port', { managerUrl }],
    ['port', { managerData: { server_ip: 'h' }, managerUrl }],
    ['host', {}],
    ['host', { portAnswer: { port: 2 } }],
  ])('says that the %s is missing', (missing, sources) => {
    expect(() => resolveServerAddress(sources)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', details: expect.objectContaining({ missing }) }),
    );
  });

  it.each([{ managerData: { server_ip: 'http://h' } }, { managerData: { server_url: 'ftp://h' } }])(
    'refuses %p, which no schema would have passed',
    (sources) => {
      expect(() => resolveServerAddress(sources)).toThrow(
        expect.objectContaining({ code: 'invalid-argument' }),
      );
    },
  );

  it('gives an http URL with that port for every IPv4 or IPv6 address', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), port, (server_ip, port) => {
        const url = new URL(resolveServerAddress({ managerData: { server_ip }, portAnswer: { port } }));

        expect(url.protocol).toBe('http:');
        expect(Number(url.port || 80)).toBe(port);
        expect(parseHostPort(url.host)?.host).toBe(url.hostname);
      }),
    );
  });
});

describe('hasServerPort', () => {
  it.each([
    [{ server_url: 'https://h' }, true],
    [{ server_ip: 'h:80' }, true],
    [{ server_ip: 'h' }, false],
    [{ server_ip: '::1' }, false],
    [{}, false],
    [undefined, false],
  ])('%p: %p', (managerData, known) => {
    expect(hasServerPort(managerData)).toBe(known);
  });
});

describe('the port answer', () => {
  it.each([
    [
      { task_id: 't', port: 40026 },
      { task_id: 't', port: 40026 },
    ],
    [
      { task_id: 't', port: '40026' },
      { task_id: 't', port: 40026 },
    ],
    [
      { port: 1, external_ip: '10.0.0.5' },
      { port: 1, external_ip: '10.0.0.5' },
    ],
    [{ port: 1, external_ip: null }, { port: 1 }],
    [{ port: 1, external_ip: '' }, { port: 1 }],
    [{ server_url: 'https://fl.example/t' }, { server_url: 'https://fl.example/t' }],
    [{ port: 1, deployment: 'unknown field' }, { port: 1 }],
  ])('%j reads %j', (answer, read) => {
    expect(PortAnswerSchema.parse(answer)).toEqual(read);
  });

  it.each([
    [{}, 'port'],
    [{ port: 0 }, 'port'],
    [{ port: 65_536 }, 'port'],
    [{ port: 80.5 }, 'port'],
    [{ port: '80a' }, 'port'],
    [{ port: '' }, 'port'],
    [{ port: null }, 'port'],
    [{ port: 80, external_ip: 'http://h' }, 'external_ip'],
    [{ port: 80, external_ip: 'h:80' }, 'external_ip'],
    [{ port: 80, server_url: 'h' }, 'server_url'],
  ])('%j is refused for its %s', (answer, field) => {
    const result = PortAnswerSchema.safeParse(answer);

    expect(result.error?.issues.map(({ path }) => path.join('.'))).toEqual([field]);
  });
});
