import { expect, test } from '@jest/globals';
import { joinLine, joinText, shellText } from './join-line.js';

const line = joinLine('http://[fd00::2]:40019', 'secret');

test('the line for another machine hands the token over in the environment, not as a word', () => {
  expect(line.command).not.toContain('secret');
  expect(joinText(line, 'linux')).toMatch(/^FEDOPS_JOIN_TOKEN='secret' npx @fedops\/cli client --managed /);
  expect(joinText(line, 'win32')).toMatch(/^\$env:FEDOPS_JOIN_TOKEN='secret'; npx @fedops\/cli client /);
});

test('whoever joins trains on the part that no client of dev has', () => {
  expect(line.command).toContain('digits:4/4');
});

test('words that a shell would take apart are quoted', () => {
  expect(shellText(['a', 'http://[::1]:1', 'in a/b'])).toBe("a 'http://[::1]:1' 'in a/b'");
});
