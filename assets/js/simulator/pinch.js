// @ts-check
// Two fingers: what their movement zooms and turns.

/** @typedef {{x: number, y: number}} Point in CSS pixels, y down */
/** @typedef {{distance: number, angle: number, x: number, y: number}} Pair angle in rad, clockwise on the screen */

const LEAST = 0.002; // of the logarithm of a factor, and of an angle in rad: less is a tremble

/**
 * Two fingers by their distance, direction and middle.
 * @param {Iterable<Point>} fingers
 * @returns {Pair}
 */
export function pair(fingers) {
  const [a, b] = [...fingers];
  return { distance: Math.max(Math.hypot(b.x - a.x, b.y - a.y), 1), angle: Math.atan2(b.y - a.y, b.x - a.x), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/**
 * What two fingers do between two moments: a factor of size and a turn in
 * degrees, anticlockwise as the pattern counts; 0 for neither.
 * @param {Pair} last
 * @param {Pair} next
 */
export function between(last, next) {
  const factor = next.distance / last.distance;
  let turn = last.angle - next.angle; // the screen's y runs down
  turn = ((turn + 3 * Math.PI) % (2 * Math.PI)) - Math.PI;
  return { factor: Math.abs(Math.log(factor)) > LEAST ? factor : 0, deg: Math.abs(turn) > LEAST ? (turn * 180) / Math.PI : 0 };
}
