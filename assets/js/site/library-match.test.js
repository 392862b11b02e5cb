// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { match, rows } from "./library-match.js";

/** Two metals of one type, one of another, and a fourth that is a little off. @type {import('./library-match.js').Table} */
const table = {
  crystals: [
    ["al", "Aluminium", 0, [[1, 1, 2, 1633, 9000, 2338, 1, 1, -1, -2, 2, 0]], "A1, Cu"],
    ["na", "Sodium", 0, [[1, 1, 0, 1630, 9000, 3000, 1, -1, 0, 0, 0, 2]], "A2, W"],
    ["cu", "Copper", 0, [[1, 1, 2, 1633, 9000, 2087, 1, 1, -1, -2, 2, 0]], "A1, Cu"],
    ["si", "Silicon", 0, [[1, 1, 2, 1633, 9000, 3136, 1, 1, -1, -2, 2, 0]], "A4, C (diamond)"],
  ],
};
const query = { ratio: 1.633, angle: 90, ratioTol: 0.02, angleTol: 1, dTol: 0.02 };

test("what nothing tells apart is one row, the most crystals first", () => {
  const list = match(table, query);
  assert.equal(list.length, 4);
  const groups = rows(table, list, false).map((group) => group.map((m) => table.crystals[m.crystal][0]));
  assert.deepEqual(groups, [["al", "cu"], ["si"], ["na"]]);
});

test("a measured spacing tells crystals of a type apart", () => {
  const list = match(table, { ...query, d: 2.09, dTol: 0.2 });
  assert.deepEqual(rows(table, list, true).map((group) => group.length), [1, 1]);
});

test("rows are sorted by the misfit that is shown", () => {
  const shown = rows(table, match(table, { ...query, ratio: 1.62 }), false).map((group) => group[0].misfit.toFixed(2));
  assert.deepEqual(shown, [...shown].sort());
});
