import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

describe('the README', () => {
  it('quotes the code that composes a client as it is compiled, in at most 30 lines', () => {
    const region = /^\/\/ #region compose\n(.*?)^\/\/ #endregion compose$/ms.exec(
      read('src/client/custom-client.ts'),
    );
    const code = /^```ts\n(.*?)^```$/ms.exec(read('README.md'));
    expect(code?.[1]).toBe(region?.[1]);
    expect(code?.[1]?.trimEnd().split('\n').length).toBeLessThanOrEqual(30);
  });
});
