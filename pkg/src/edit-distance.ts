/**
 * The number of letters to insert, delete, replace or swap with their neighbour that turn one text into the other (optimal string
 * alignment), or a number above `most` as soon as it must be larger.
 */
export function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const isEqual = a[i - 1] === b[j - 1];
      let cost = Math.min(num(last[j - 1]) + (isEqual ? 0 : 1), num(last[j]) + 1, num(row[j - 1]) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, num(before[j - 2]) + 1);
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > most) return most + 1;
    [before, last] = [last, row];
  }
  return num(last[b.length]);
}

const num = (value: number | undefined) => value as number;

/** The candidate that is nearest to a text, with its distance. `undefined` if every distance is above `most`. */
export function nearest(text: string, candidates: Iterable<string>, most: number): [string, number] | undefined {
  let found: [string, number] | undefined;
  let limit = most;
  for (const candidate of candidates) {
    const distance = editDistance(text, candidate, limit);
    if (distance > limit) continue;
    found = [candidate, distance];
    limit = distance - 1;
    if (distance === 0) break;
  }
  return found;
}
