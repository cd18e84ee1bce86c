const OURS = '@fedops/';

/**
 * What came along with an installation of some of our packages and should not have.
 *
 * @param packages The `packages` of the installation's lock file.
 * @param allowed.ours Which of our packages may be there.
 * @param allowed.theirs Which other packages ours may depend on; what those need may be there too.
 * @returns One sentence per fault.
 */
export function installedFaults(packages, { ours, theirs }) {
  const entries = Object.entries(packages).filter(([place]) => place.startsWith('node_modules/'));
  const strangers = entries
    .map(([place]) => nameOf(place))
    .filter((name) => name.startsWith(OURS) && !ours.includes(name))
    .map((name) => `${name} came along`);
  const needs = entries
    .filter(([place]) => ours.includes(nameOf(place)))
    .flatMap(([place, { dependencies = {} }]) =>
      Object.keys(dependencies).map((name) => [nameOf(place), name]),
    );
  const undue = needs
    .filter(([, name]) => !ours.includes(name) && !theirs.includes(name))
    .map(([owner, name]) => `${owner} depends on ${name}`);
  const reached = reachable(packages, theirs);
  const orphans = entries
    .map(([place]) => nameOf(place))
    .filter((name) => !name.startsWith(OURS) && !reached.has(name))
    .map((name) => `${name} came along, and neither ${theirs.join(' nor ')} needs it`);
  return [...strangers, ...undue, ...orphans];
}

function reachable(packages, roots) {
  const reached = new Set(roots);
  for (const name of reached) {
    for (const [
      place,
      { dependencies = {}, optionalDependencies = {}, peerDependencies = {} },
    ] of Object.entries(packages)) {
      if (nameOf(place) !== name) continue;
      for (const next of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
        reached.add(next);
    }
  }
  return reached;
}

function nameOf(place) {
  return place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
