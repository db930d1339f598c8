// Rounds, in whatever runtime.

/**
 * @param {Record<string, () => number>} contenders each does some work and returns its cost, in a unit of its own choice
 * @param {{rounds: number}} options
 * @returns {Record<string, number[]>} costs by round
 */
export async function interleaved(contenders, { rounds }) {
  const names = Object.keys(contenders);
  const costs = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // Nobody always comes after the same one, whose garbage it would have to collect.
    const turn = round % names.length;
    for (const name of [...names.slice(turn), ...names.slice(0, turn)]) costs[name].push(await contenders[name]());
  }
  return costs;
}
