/** The name under which the figures of one server of ours are kept: what differs from the default is part of it. */
export function ownName({ door, strategy, budgetMebibytes }) {
  return [
    'fedops',
    ...(door === 'grpc' ? ['grpc'] : []),
    ...(budgetMebibytes === undefined ? [] : [`${budgetMebibytes}MiB`]),
    ...(strategy === 'fedavg' ? [] : [strategy]),
  ].join('-');
}

/** Whether the figures are those of a Flower server. */
export function isFlower(peer) {
  return peer.startsWith('flower-');
}

/** What the tables call a server. */
export function titleOf(peer) {
  const [product, ...parts] = peer.split('-');
  if (product === 'fedops') return ['FedOps', ...parts.map(partTitle)].join(', ');
  const [version, malloc] = parts;
  return `Flower ${version}${malloc === undefined ? '' : ', tuned'}`;
}

function partTitle(part) {
  if (part === 'grpc') return 'gRPC door';
  if (part === 'fedavgm') return 'FedAvgM';
  return `${part} budget`;
}
