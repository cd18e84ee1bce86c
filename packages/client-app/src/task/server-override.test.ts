import { describe, expect, it } from '@jest/globals';
import { hostsOfOverride, serverOverride } from './server-override.js';

describe('serverOverride', () => {
  it.each([
    [{}, { kind: 'none' }],
    [{ FEDOPS_AGGREGATION_SERVER: ' ', FEDOPS_AGGREGATION_HOST: '' }, { kind: 'none' }],
    [{ FEDOPS_AGGREGATION_SERVER: '10.0.0.5:8080' }, { kind: 'server', server: '10.0.0.5:8080' }],
    [{ FEDOPS_AGGREGATION_HOST: 'FL.example' }, { kind: 'host', host: 'fl.example' }],
    [{ FEDOPS_AGGREGATION_HOST: '::1' }, { kind: 'host', host: '[::1]' }],
    [
      { FEDOPS_AGGREGATION_SERVER: 'a:1', FEDOPS_AGGREGATION_HOST: 'b' },
      { kind: 'server', server: 'a:1' },
    ],
  ])('reads %j as %j', (env, override) => {
    expect(serverOverride(env)).toEqual(override);
  });

  it.each([
    ['FEDOPS_AGGREGATION_SERVER', '10.0.0.5'],
    ['FEDOPS_AGGREGATION_SERVER', 'http://10.0.0.5:8080'],
    ['FEDOPS_AGGREGATION_HOST', '10.0.0.5:8080'],
    ['FEDOPS_AGGREGATION_HOST', 'a b'],
  ])('names %s where it is %s', (name, value) => {
    expect(() => serverOverride({ [name]: value })).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining(name) }),
    );
  });

  it('names the host that is allowed by it', () => {
    expect(hostsOfOverride({ kind: 'none' })).toEqual([]);
    expect(hostsOfOverride({ kind: 'server', server: 'a:1' })).toEqual(['a:1']);
    expect(hostsOfOverride({ kind: 'host', host: 'b' })).toEqual(['b']);
  });
});
