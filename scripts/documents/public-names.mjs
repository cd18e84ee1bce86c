import { dirname, join } from 'node:path';

const REEXPORT = /^export (?:type )?\{([^}]*)\}(?: from '(\.[^']+)\.js')?;/gm;
const DECLARATION =
  /^export (?:declare |abstract |async )*(?:function\*?|class|interface|type|const) (\w+)\b/gm;
const INFERRED = /^export type (\w+) = z\.(?:infer|output)<typeof \1Schema>;/;

/**
 * The names that a file exports, each where it is declared, followed through re-exports of files of its package.
 *
 * @param file Path of the file, `/` between folders.
 * @param read Gives the text of a file.
 * @returns `{ name, file, line, documented }`; `documented` says whether a TSDoc comment ends right above the
 *   declaration. A type that is what the schema of its name gives may
 *   have its comment there.
 */
export function publicNamesOf(file, read) {
  const text = read(file);
  return [
    ...[...text.matchAll(REEXPORT)].flatMap(([, list, source]) =>
      namesIn(list).map((name) => declarationOf(name, besides(file, source), read)),
    ),
    ...[...text.matchAll(DECLARATION)].map(([, name]) => declarationOf(name, file, read)),
  ];
}

function namesIn(list) {
  return list
    .split(',')
    .map((item) => item.trim().replace(/^type /, ''))
    .filter((item) => item !== '');
}

function besides(file, source) {
  return source === undefined ? file : `${join(dirname(file), source).replaceAll('\\', '/')}.ts`;
}

function declarationOf(item, file, read) {
  const [name, alias = name] = item.split(' as ');
  const text = read(file);
  for (const match of text.matchAll(DECLARATION)) {
    if (match[1] === name) return { name: alias, file, ...placeOf(text, match.index) };
  }
  for (const [, list, source] of text.matchAll(REEXPORT)) {
    const further = namesIn(list).find((one) => one.split(' as ').at(-1) === name);
    if (further !== undefined && source !== undefined) {
      return { ...declarationOf(further, besides(file, source), read), name: alias };
    }
  }
  throw new Error(`cannot find where ${file} declares ${name}`);
}

function placeOf(text, index) {
  const before = text.slice(0, index);
  const inferred = INFERRED.exec(text.slice(index));
  const schema =
    inferred === null ? -1 : text.search(new RegExp(`^(?:export )?const ${inferred[1]}Schema\\b`, 'm'));
  const documented = endsInTsDoc(before) || (schema >= 0 && endsInTsDoc(text.slice(0, schema)));
  return { line: before.split('\n').length, documented };
}

function endsInTsDoc(before) {
  const comment = before.slice(before.lastIndexOf('/*'));
  return /^\/\*\*\s[\s\S]*\S[\s\S]*\*\/\n$/.test(comment) && comment.indexOf('*/') === comment.length - 3;
}
