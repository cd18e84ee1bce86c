/** What the names of a layer's weights are made of. */
export interface NamedLayer {
  readonly name: string;
  readonly className: string;
  /** Names that TensorFlow.js asked for, before it made them unique within the process. */
  readonly weights: readonly string[];
}

/**
 * Names of all weights of a model, layer by layer: the same in every process that builds the same model.
 *
 * TensorFlow.js counts layers and variables per process: an unnamed dense layer is `dense_Dense1` in one
 * and `dense_Dense7` in another. Here it is `dense_1`, counted within the model; names that somebody chose stay.
 */
export function stableWeightNames(layers: readonly NamedLayer[]): string[] {
  const counts = new Map<string, number>();
  const taken = new Set<string>();
  return layers.flatMap((layer) => {
    if (layer.weights.length === 0) return [];
    const automatic = automaticBase(layer.name) ?? modelBase(layer);
    const name = automatic === undefined ? layer.name : numbered(automatic, counts);
    return layer.weights.map((weight) => unique(`${name}/${innerPath(weight, layer.name)}`, taken));
  });
}

/** `conv2d` of `conv2d_Conv2D12`, the kind of name that a layer gets where nobody chose one. */
function automaticBase(name: string): string | undefined {
  const [, base, className] = /^(.+)_([A-Z][A-Za-z0-9]*?)\d+$/.exec(name) ?? [];
  return base?.replaceAll('_', '') === className?.toLowerCase() ? base : undefined;
}

/** The same for a model that stands as a layer in another: `sequential_3`, `model4`. */
function modelBase({ name, className }: NamedLayer): string | undefined {
  const base = className.toLowerCase();
  return MODEL_CLASSES.has(className) && new RegExp(`^${base}_?\\d+$`).test(name) ? base : undefined;
}

const MODEL_CLASSES: ReadonlySet<string> = new Set(['Sequential', 'Model', 'Functional']);

function numbered(base: string, counts: Map<string, number>): string {
  const count = (counts.get(base) ?? 0) + 1;
  counts.set(base, count);
  return `${base}_${count}`;
}

/** `kernel` of `hidden/kernel`; inner layers, such as an RNN's cell, lose their counters. */
function innerPath(weight: string, layerName: string): string {
  const path = weight.startsWith(`${layerName}/`) ? weight.slice(layerName.length + 1) : weight;
  return path
    .split('/')
    .map((segment) => automaticBase(segment) ?? segment)
    .join('/');
}

function unique(name: string, taken: Set<string>): string {
  let candidate = name;
  for (let n = 2; taken.has(candidate); n++) candidate = `${name}_${n}`;
  taken.add(candidate);
  return candidate;
}
