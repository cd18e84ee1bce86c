/**
 * How many rows have their largest output where the one-hot target has its one.
 *
 * @param outputs Rows of `classes` numbers, logits or probabilities.
 */
export function countCorrect(
  outputs: ArrayLike<number>,
  targets: ArrayLike<number>,
  classes: number,
): number {
  let correct = 0;
  for (let start = 0; start < targets.length; start += classes) {
    let best = start;
    for (let i = start + 1; i < start + classes; i++) if (outputs[i]! > outputs[best]!) best = i;
    if (targets[best] === 1) correct++;
  }
  return correct;
}
