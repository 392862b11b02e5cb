// @ts-check
// Two fingers: what their movement zooms and turns. Fingers that only part or
// close always turn a little, too: the pattern turns after a deliberate twist.

/** @typedef {{x: number, y: number}} Point in CSS pixels, y down */
/** @typedef {{distance: number, angle: number, x: number, y: number}} Pair angle in rad, clockwise on the screen */

const LEAST = 0.002; // of the logarithm of a factor, and of an angle in rad: less is a tremble
const DELIBERATE = (8 * Math.PI) / 180; // rad: a twist that is meant

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
 * One movement of two fingers, from where they came down.
 * @param {{distance: number, angle: number}} first
 */
export function pinch(first) {
  let { distance, angle } = first;
  let turns = false;
  /**
   * What the fingers do on their way to the next place: a factor of size and a
   * turn in degrees, anticlockwise as the pattern counts; 0 for neither. It turns
   * once the fingers have turned by 8°, by what is more than that, and from then
   * on with them. What is too little for now counts later.
   * @param {{distance: number, angle: number}} next
   */
  return (next) => {
    let factor = next.distance / distance;
    if (Math.abs(Math.log(factor)) > LEAST) distance = next.distance;
    else factor = 0;
    let turn = Math.atan2(Math.sin(angle - next.angle), Math.cos(angle - next.angle)); // the screen's y runs down
    if (!turns && Math.abs(turn) > DELIBERATE) {
      turns = true;
      angle -= Math.sign(turn) * DELIBERATE;
      turn -= Math.sign(turn) * DELIBERATE;
    }
    if (turns && Math.abs(turn) > LEAST) angle = next.angle;
    else turn = 0;
    return { factor, deg: (turn * 180) / Math.PI };
  };
}
