const OS_OF_WORD = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  openharmony: 'openharmony',
  win32: 'win32',
  windows: 'win32',
};

const CPU_OF_WORD = {
  64: 'x64',
  arm: 'arm',
  arm64: 'arm64',
  ia32: 'ia32',
  loong64: 'loong64',
  mips64el: 'mips64el',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  x64: 'x64',
};

const LIBC_OF_WORD = { glibc: 'glibc', gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };

const EXACT_VERSION = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

/**
 * Adds the optional dependencies that a lock file lacks. npm leaves one out without a word when the registry does not
 * serve it while the lock file is made, and `npm ci` then refuses the lock file.
 *
 * The added entries hold what the name and the dependent tell: version, system, processor. They have no integrity hash.
 *
 * @param lock A parsed package-lock.json; left as it is.
 * @returns The complete lock file, the places added to it, and what could not be added because only a version range is
 *   known.
 */
export function completeLock(lock) {
  const packages = { ...lock.packages };
  const added = [];
  const unresolved = [];
  for (const [place, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const found = resolve(packages, place, name);
      if (found !== undefined && (!EXACT_VERSION.test(version) || packages[found].version === version)) {
        if (!dev && added.includes(found)) delete packages[found].dev;
      } else if (EXACT_VERSION.test(version)) {
        const target = found === undefined ? `node_modules/${name}` : `${place}/node_modules/${name}`;
        packages[target] = entryOf(name, version, dev);
        added.push(target);
      } else {
        unresolved.push(`${name}@${version}, wanted by ${place || 'the root'}`);
      }
    }
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { lock: { ...lock, packages: Object.fromEntries(sorted) }, added, unresolved };
}

/** Where Node would find `name` from a package at `place`: the nearest enclosing node_modules that has it. */
function resolve(packages, place, name) {
  for (let folder = place; ; folder = parentOf(folder)) {
    const candidate = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[candidate] !== undefined) return candidate;
    if (folder === '') return undefined;
  }
}

function parentOf(place) {
  const end = place.lastIndexOf('/node_modules/');
  return end === -1 ? '' : place.slice(0, end);
}

function entryOf(name, version, dev) {
  const words = name.split(/[/-]/);
  const facts = (of) => words.flatMap((word) => (Object.hasOwn(of, word) ? [of[word]] : []));
  const [cpu, libc, os] = [facts(CPU_OF_WORD), facts(LIBC_OF_WORD), facts(OS_OF_WORD)];
  return {
    version,
    ...(cpu.length > 0 && { cpu }),
    ...(dev && { dev }),
    ...(libc.length > 0 && { libc }),
    optional: true,
    ...(os.length > 0 && { os }),
  };
}
