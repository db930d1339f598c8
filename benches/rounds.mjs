// Runs rounds in any runtime.

/**
 * @param {Record<string, () => number>} contenders each does some work and returns its cost, in any unit
 * @param {{rounds: number}} options
 * @returns {Record<string, number[]>} the costs of each round
 */
export async function interleaved(contenders, { rounds }) {
  const names = Object.keys(contenders);
  const costs = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // The order changes, because a contender may have to collect the garbage of the one before it.
    const turn = round % names.length;
    for (const name of [...names.slice(turn), ...names.slice(0, turn)]) costs[name].push(await contenders[name]());
  }
  return costs;
}
