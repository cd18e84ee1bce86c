import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const readme = read('README.md');

/** The lines of one text that the other does not have, each as often as it has it more. */
function linesNotIn(other: string, text: string): string[] {
  const left = other.split('\n');
  return text.split('\n').filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

describe('the README', () => {
  test('shows every line of the script that was changed, a dozen', () => {
    const [original, changed] = [read('python/original.py'), read('python/train.py')];
    const [, diff] = /^```diff\n([\s\S]*?)^```$/m.exec(readme)!;
    const shown = (sign: string) =>
      diff!
        .split('\n')
        .filter((line) => line.startsWith(sign))
        .map((line) => line.slice(1));

    expect(shown('+')).toEqual(linesNotIn(original, changed));
    expect(shown('-')).toEqual(linesNotIn(changed, original));
    expect(shown('+')).toHaveLength(12);
  });

  test('shows the trainer as it is compiled', () => {
    const source = read('src/federation/run-federation.ts');
    const region = /^ *\/\/ #region trainer\n(.*?)^ *\/\/ #endregion trainer$/ms.exec(source);

    expect(/^```ts\n(.*?)^```$/ms.exec(readme)?.[1]).toBe(region?.[1]);
  });
});

test('the helper is the one that the package brings', () => {
  const ofPackage = readFileSync(
    new URL('../../../packages/command-trainer/python/fedops_task.py', import.meta.url),
    'utf8',
  );

  expect(read('python/fedops_task.py')).toBe(ofPackage);
});
