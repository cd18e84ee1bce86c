const FENCE = /^```.*?^```/gms;
const LINK = /\]\(([^)\s]+)\)/g;
const CODE = /`([^`\n]+)`/g;
const SCRIPT = /\bnpm run (?:-s )?([\w:-]+)/g;

const TREE = /^(\.ci|\.github|\.changeset|apps|docs|examples|packages|scripts|tests)(\/[\w.-]+)+\/?$/;
const ROOT_FILE =
  /^([A-Z]+\.md|LICENSE|\.dependency-cruiser\.cjs|(package|package-lock|turbo|biome|tsconfig[\w.]*)\.json|jest\.config\.js)$/;
const PLACEHOLDER = /\bNNNN\b|(^|[/.-])[xX](?=[/.-]|$)|your-|my-/;

/**
 * What a Markdown document says of the project that can be checked.
 *
 * @returns `links`: targets of relative links, without their fragment, to be read from the document's folder;
 *   `paths`: paths from the root that stand as code in running text, placeholders left out; `scripts`: each NAME of
 *   `npm run NAME`.
 */
export function claimsOf(markdown) {
  const prose = markdown.replaceAll(FENCE, '');
  const links = all(prose, LINK)
    .filter((target) => !/^([a-z]+:|#)/.test(target))
    .map((target) => decodeURIComponent(target.replace(/#.*$/, '')));
  const paths = all(prose, CODE)
    .filter((text) => TREE.test(text) || ROOT_FILE.test(text))
    .filter((text) => !PLACEHOLDER.test(text));
  return { links, paths, scripts: all(markdown, SCRIPT) };
}

function all(text, pattern) {
  return [...text.matchAll(pattern)].map(([, group]) => group);
}
