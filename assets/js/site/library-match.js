// @ts-check
// Finds zone axes by the ratio and the angle of two spots, in a table made at
// build. It follows RatioTable.Match of internal/zones; a test of
// internal/site/library compares the two.

/**
 * @typedef {object} Match
 * @property {number} crystal index into the table's crystals
 * @property {number[]} zone
 * @property {number[]} a indices of the shorter reflection
 * @property {number[]} b
 * @property {number} ratio
 * @property {number} angle degrees
 * @property {number} d Å, of the shorter reflection
 * @property {number} misfit 0 … 1
 */
/** @typedef {{crystals: [id: string, name: string, four: number, zones: number[][], type: string][]}} Table */

const PAIR = 9; // numbers of a pair in a row of the table

/**
 * The zone axes that fit a measurement, the best first by the misfit as it is shown
 * (two decimals), then those of small indices; one entry for each crystal and zone
 * axis.
 * @param {Table} table
 * @param {{ratio: number, angle: number, d?: number, ratioTol: number, angleTol: number, dTol: number}} query
 * @returns {Match[]}
 */
export function match(table, query) {
  const ratio = Math.max(query.ratio, 1 / query.ratio);
  const angle = query.angle > 90 ? 180 - query.angle : query.angle;
  /** @type {(Match & {size: number})[]} */
  const found = [];
  table.crystals.forEach(([, , , zones], crystal) => {
    for (const row of zones) {
      let best = null;
      for (let i = 3; i < row.length; i += PAIR) {
        const x = (row[i] / 1000 / ratio - 1) / query.ratioTol;
        const y = (row[i + 1] / 100 - angle) / query.angleTol;
        const z = query.d ? (row[i + 2] / 1000 / query.d - 1) / query.dTol : 0;
        // The table is rounded: a pair at the very limit counts.
        if (Math.abs(x) > 1.02 || Math.abs(y) > 1.02 || Math.abs(z) > 1.02) continue;
        const misfit = Math.sqrt((x * x + y * y + z * z) / (query.d ? 3 : 2));
        if (best && best.misfit <= misfit) continue;
        const a = row.slice(i + 3, i + 6);
        const b = row.slice(i + 6, i + 9);
        const zone = row.slice(0, 3);
        best = { crystal, zone, a, b, ratio: row[i] / 1000, angle: row[i + 1] / 100, d: row[i + 2] / 1000, misfit, size: sum(zone) + sum(a) + sum(b) };
      }
      if (best) found.push(best);
    }
  });
  const step = (/** @type {number} */ v) => Math.round(v * 100);
  return found.sort((p, q) => step(p.misfit) - step(q.misfit) || p.size - q.size || p.crystal - q.crystal);
}

/**
 * Matches that nothing on the page tells apart are one row: crystals of one structure
 * type with the same zone axis, pair, ratio and angle. A row stands where its best
 * stood, and of rows with the same misfit the one of most crystals first.
 * @param {Table} table
 * @param {Match[]} list as match returns it
 * @param {boolean} scaled whether d was measured, and so tells them apart
 * @returns {Match[][]}
 */
export function rows(table, list, scaled) {
  /** @type {Map<string, Match[]>} */
  const groups = new Map();
  for (const m of list) {
    const key = [table.crystals[m.crystal][4] || m.crystal, m.zone, m.a, m.b, m.ratio, m.angle, scaled ? m.crystal : ""].join(" ");
    const group = groups.get(key);
    if (group) group.push(m);
    else groups.set(key, [m]);
  }
  const shown = (/** @type {Match[]} */ group) => Math.round(group[0].misfit * 100);
  return [...groups.values()].sort((p, q) => shown(p) - shown(q) || q.length - p.length);
}

/** @param {number[]} indices */
const sum = (indices) => indices.reduce((s, n) => s + Math.abs(n), 0);
