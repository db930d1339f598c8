import { area, line } from "d3-shape";
import { makeSvg } from "../dom.js";
import type { Colour } from "./colours.js";

const [WIDTH, HEIGHT] = [100, 24];

/**
 * The course of some values, without an axis. It shows a shape; the values are in the chart and its table.
 *
 * @param values one for each step that has begun
 */
export function sparkline(values: ArrayLike<number>, colour?: Colour): SVGElement {
  const all = Array.from(values);
  const most = Math.max(1, ...all);
  const x = (n: number) => (all.length < 2 ? WIDTH / 2 : (n / (all.length - 1)) * WIDTH);
  const y = (value: number) => HEIGHT - 1.5 - (value / most) * (HEIGHT - 3);
  const points = all.map((value, n): [number, number] => [x(n), y(value)]);
  return makeSvg(
    "svg",
    {
      class: `spark${colour === undefined ? "" : ` of-${colour}`}`,
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    },
    makeSvg("path", { class: "under", d: area().y0(HEIGHT)(points) ?? "" }),
    makeSvg("path", { class: "line", d: line()(points) ?? "" }),
  );
}
