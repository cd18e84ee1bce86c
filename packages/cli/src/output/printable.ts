// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** The text on one line and without characters that steer a terminal: ids and reasons come from other machines. */
export function printable(text: string): string {
  return text.replace(CONTROLS, '\u00b7');
}
