/** What may stand as it is in a file name on every system; all else is escaped, capitals too, since some fold case. */
const PLAIN = /[a-z0-9-]/;

/**
 * A file name for an id, the same on every system: no separator, no dot, no colon, no clash of case.
 * Different ids give different names; a long one ends in a hash instead of its tail.
 */
export function portableName(id: string, hash: (text: string) => string): string {
  const name = Array.from(new TextEncoder().encode(id), (byte) => {
    const character = String.fromCharCode(byte);
    return byte < 128 && PLAIN.test(character) ? character : `_${byte.toString(16).padStart(2, '0')}`;
  }).join('');
  // The prefix keeps names such as `con` and `aux`, which Windows gives to devices, away from the front.
  return name.length <= 100 ? `id-${name}` : `id-${name.slice(0, 60)}_h${hash(id).slice(0, 32)}`;
}
