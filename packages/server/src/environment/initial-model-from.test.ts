import { describe, expect, it } from '@jest/globals';
import { codeThrownBy } from '../../test/error-code.js';
import { initialModelFrom } from './initial-model-from.js';

const SHA256 = 'ab'.repeat(32);
const WHOLE = {
  FEDOPS_INITIAL_MODEL_URL: 'https://models.test/artifacts/token/model',
  FEDOPS_INITIAL_MODEL_SHA256: SHA256,
  FEDOPS_INITIAL_MODEL_FORMAT: 'safetensors',
};

describe('the initial model in an environment', () => {
  it('is where it lies and what it must be', () => {
    expect(initialModelFrom(WHOLE)).toEqual({
      url: new URL('https://models.test/artifacts/token/model'),
      sha256: SHA256,
      format: 'safetensors',
    });
    const env = {
      ...WHOLE,
      FEDOPS_INITIAL_MODEL_SHA256: SHA256.toUpperCase(),
      FEDOPS_INITIAL_MODEL_FORMAT: 'NPZ',
    };
    expect(initialModelFrom(env)).toMatchObject({ sha256: SHA256, format: 'npz' });
  });

  it('is none without a URL, whatever the other variables say', () => {
    expect(initialModelFrom({ FEDOPS_INITIAL_MODEL_FORMAT: 'pth' })).toBeUndefined();
    expect(initialModelFrom({ ...WHOLE, FEDOPS_INITIAL_MODEL_URL: '' })).toBeUndefined();
  });

  it.each([
    ['FEDOPS_INITIAL_MODEL_URL', 'models.test/secret', 'invalid-argument'],
    ['FEDOPS_INITIAL_MODEL_URL', 'file:///secret', 'invalid-argument'],
    ['FEDOPS_INITIAL_MODEL_URL', 'https://user:secret@models.test/model', 'invalid-argument'],
    ['FEDOPS_INITIAL_MODEL_SHA256', undefined, 'invalid-argument'],
    ['FEDOPS_INITIAL_MODEL_SHA256', 'abc', 'invalid-argument'],
    ['FEDOPS_INITIAL_MODEL_FORMAT', undefined, 'invalid-argument'],
    ['FEDOPS_INITIAL_MODEL_FORMAT', 'pth', 'unsupported'],
  ])('%s %s is refused by its name, and no URL is repeated', (name, value, code) => {
    const read = () => initialModelFrom({ ...WHOLE, [name]: value });
    expect(codeThrownBy(read)).toBe(code);
    expect(read).toThrow(name);
    expect(read).not.toThrow('secret');
  });
});
