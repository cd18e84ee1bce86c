/** The fraction of a line such as `progress 0.4`, 0 to 1; undefined for every other line. */
export function progressOf(line: string): number | undefined {
  const [, text] = /^progress[ \t]+(\d{1,20}(?:\.\d{0,20})?(?:[eE]-?\d{1,3})?)[ \t]*$/.exec(line) ?? [];
  const fraction = Number(text);
  return fraction >= 0 && fraction <= 1 ? fraction : undefined;
}
