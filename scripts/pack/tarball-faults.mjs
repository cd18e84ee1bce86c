const ALWAYS = ['LICENSE', 'README.md', 'package.json'];
const UNWANTED = /\.test\.|(^|\/)(test|tests|bench|node_modules)\/|\.tsbuildinfo$|\.tgz$/;

/**
 * What is wrong with the contents of a package's tarball: a file that everybody expects is missing, a file that is of no
 * use to the one who installs it, a built file whose source is gone, a source that was not built.
 *
 * @param files Paths in the tarball, from the package's root, with forward slashes.
 * @returns One sentence per fault.
 */
export function tarballFaults(files) {
  const has = new Set(files);
  const missing = ALWAYS.filter((file) => !has.has(file)).map((file) => `${file} is missing`);
  const unwanted = files.filter((file) => UNWANTED.test(file)).map((file) => `${file} does not belong in it`);
  const stale = files
    .filter((file) => /^dist\/.*\.js$/.test(file) && !has.has(file.replace(/^dist\/(.*)\.js$/, 'src/$1.ts')))
    .map((file) => `${file} has no source any more`);
  const unbuilt = files
    .filter((file) => /^src\/.*\.ts$/.test(file) && !UNWANTED.test(file))
    .flatMap((file) => ['.js', '.d.ts'].map((end) => file.replace(/^src\/(.*)\.ts$/, `dist/$1${end}`)))
    .filter((file) => !has.has(file))
    .map((file) => `${file} was not built`);
  return [...missing, ...unwanted, ...stale, ...unbuilt];
}
