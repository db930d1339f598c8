// Colours. Libraries for them read the environment while they are loaded, which Deno refuses without a permission.

import process from "node:process";

/** The numbers of ECMA-48 that begin and end a style. */
const STYLES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

/** A function for each style, which gives a text that style. */
export type Style = Record<keyof typeof STYLES, (text: string) => string>;

/** The styles of a stream. Where it shows no colours, they leave every text as it is. */
export function styleOf(stream: { isTTY?: boolean }): Style {
  const shows = stream.isTTY === true && allowsColours();
  const style = ([begin, end]: readonly [number, number]) => {
    return (text: string) => (shows ? `\u001b[${begin}m${text}\u001b[${end}m` : text);
  };
  return Object.fromEntries(Object.entries(STYLES).map(([name, numbers]) => [name, style(numbers)])) as Style;
}

/** https://no-color.org: NO_COLOR counts unless it is empty. */
function allowsColours(): boolean {
  try {
    const { NO_COLOR, TERM } = process.env;
    return !NO_COLOR && TERM !== "dumb";
  } catch {
    return false; // Deno does not permit reading it
  }
}
