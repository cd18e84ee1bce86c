import { FEDOPS_VERSION, NUMPY_VERSION, SAFETENSORS_VERSION } from './versions.mjs';

/** The columns, and the tests that fill each, by a part of their names. */
const COLUMNS = [
  ['`start_client`', 'clients of flwr VERSION in our rounds start_client'],
  ['`start_numpy_client`', 'clients of flwr VERSION in our rounds start_numpy_client'],
  ['client over TLS', 'clients of flwr VERSION in our rounds over TLS'],
  ['`start_server`, FedAvg', 'our clients in a server of flwr VERSION FedAvg'],
  ['`start_server`, FedAdam', 'our clients in a server of flwr VERSION FedAdam'],
  ['`start_server` over TLS', 'our clients in a server of flwr VERSION over TLS'],
];

/** The same for Python's FedOps. */
const FEDOPS_COLUMNS = [
  ['its client under our client manager', 'clients of fedops VERSION in our runs under our client manager'],
  ["its client under Python's", 'clients of fedops VERSION in our runs under a client manager of Python'],
  ['its client in a managed run', 'clients of fedops VERSION in runs of our server manager'],
  ['our client in its `FLServer`', 'our clients in runs of fedops VERSION under our managers'],
  ['the guide', 'fedops VERSION as the guide says'],
];

/** The same for model files. */
const FILE_COLUMNS = [
  ['reads `.npy`', 'model files of VERSION reads .npy'],
  ['reads `.npz`', 'model files of VERSION reads .npz'],
  ['reads safetensors', 'model files of VERSION reads safetensors'],
  ['Python reads ours', 'model files of VERSION writes'],
];

const BEGIN = '<!-- begin: npm run test:interop -- --write -->';
const END = '<!-- end -->';

/** The tables of what works with which release, from what jest reports; throws where a cell has no test. */
export function compatibilityTable(versions, report) {
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const files = `numpy ${NUMPY_VERSION} and safetensors ${SAFETENSORS_VERSION}`;
  const tables = [
    tableOf('flwr', COLUMNS, versions, tests),
    tableOf('fedops', FEDOPS_COLUMNS, [FEDOPS_VERSION], tests),
    tableOf('model files', FILE_COLUMNS, [files], tests),
  ];
  return tables.join('\n\n');
}

function tableOf(what, columns, versions, tests) {
  const lines = versions.map((version) => {
    const cells = columns.map(([, name]) => cellOf(tests, name.replace('VERSION', version)));
    return `| ${[version, ...cells].join(' | ')} |`;
  });
  const titles = [what, ...columns.map(([title]) => title)];
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
