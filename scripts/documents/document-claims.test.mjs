import { describe, expect, test } from '@jest/globals';
import { claimsOf } from './document-claims.mjs';

describe('claimsOf', () => {
  test('takes relative links without their fragment, and no others', () => {
    const { links } = claimsOf('[a](docs/a.md#part) [b](https://example.org/b) [c](#here) [d](../d%20e.md)');
    expect(links).toEqual(['docs/a.md', '../d e.md']);
  });

  test('takes paths that stand as code', () => {
    const { paths } = claimsOf('`packages/server/src/index.ts`, `LICENSE`, `docs/`, `a/b.ts`, packages/none');
    expect(paths).toEqual(['packages/server/src/index.ts', 'LICENSE']);
  });

  test('leaves placeholders and fenced code alone', () => {
    const { paths } = claimsOf(
      '`docs/decisions/NNNN-title.md` `packages/x/src`\n```\n`scripts/none.mjs`\n```\n',
    );
    expect(paths).toEqual([]);
  });

  test('takes scripts, in fenced code too', () => {
    expect(claimsOf('`npm run lint` and\n```\nnpm run -s bench:upload -- --big\n```\n').scripts).toEqual([
      'lint',
      'bench:upload',
    ]);
  });
});
