/** Any two agents of a chart can be told apart, also by readers who see fewer colours. It needs no browser. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const css = readFileSync(new URL("../../www/src/styles/tokens.css", import.meta.url), "utf8");

/** What people see who lack one kind of cone: the matrices of Machado, Oliveira and Fernandes (2009) for linear RGB. */
const SIGHT = {
  all: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

const linear = (hex) =>
  [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });

/** Oklab, in which equal distances look equal. */
function oklab([r, g, b]) {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

const seen = (matrix, [r, g, b]) =>
  [0, 3, 6].map((at) => Math.max(0, matrix[at] * r + matrix[at + 1] * g + matrix[at + 2] * b));

test("the colours of agents differ for every kind of sight, in light and in dark", () => {
  const themes = css.split("@media (prefers-color-scheme: dark)");
  assert.equal(themes.length, 2);
  for (const theme of themes) {
    const colours = [...theme.matchAll(/--series-(\w+): (#[0-9a-f]{6});/g)];
    assert.equal(colours.length, 9);
    for (const [sight, matrix] of Object.entries(SIGHT)) {
      const places = colours.map(([, name, hex]) => [name, oklab(seen(matrix, linear(hex)))]);
      for (const [n, [name, place]] of places.entries()) {
        for (const [other, there] of places.slice(0, n)) {
          const distance = Math.hypot(...place.map((value, axis) => value - there[axis]));
          // 0.02 is about the least difference that people notice.
          assert.ok(distance > 0.08, `${name} and ${other} for ${sight}: ${distance.toFixed(3)}`);
        }
      }
    }
  }
});
