/** The columns, and the tests that fill each, by a part of their names. */
const COLUMNS = [
  ['`start_client`', 'clients of flwr VERSION in our rounds start_client'],
  ['`start_numpy_client`', 'clients of flwr VERSION in our rounds start_numpy_client'],
  ['client over TLS', 'clients of flwr VERSION in our rounds take part over TLS'],
  ['`start_server`, FedAvg', 'our clients in a server of flwr VERSION FedAvg'],
  ['`start_server`, FedAdam', 'our clients in a server of flwr VERSION FedAdam'],
];

const BEGIN = '<!-- begin: npm run test:interop -- --write -->';
const END = '<!-- end -->';

/** The table of what works with which release, from what jest reports; throws where a cell has no test. */
export function compatibilityTable(versions, report) {
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const lines = versions.map((version) => {
    const cells = COLUMNS.map(([, name]) => cellOf(tests, name.replace('VERSION', version)));
    return `| ${[version, ...cells].join(' | ')} |`;
  });
  const titles = ['flwr', ...COLUMNS.map(([title]) => title)];
  return [`| ${titles.join(' | ')} |`, `|${' --- |'.repeat(titles.length)}`, ...lines].join('\n');
}

/** The document with this table in the place that is kept for it. */
export function withTable(document, table) {
  const [before, rest] = document.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`expected ${BEGIN} and ${END} in the document`);
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}

function cellOf(tests, name) {
  const found = tests.filter(({ fullName }) => fullName.startsWith(name));
  if (found.length === 0) throw new Error(`no test fills the cell of "${name}"`);
  return found.every(({ status }) => status === 'passed') ? 'yes' : 'no';
}
