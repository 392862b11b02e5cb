// @ts-check
// Where a card has room over the pattern: not over its spot, nor over what else
// stands there.

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box CSS pixels in the frame of the pattern */
/** @typedef {{side: string, flat: boolean, left: number, top: number, width: number, height: number}} Place where it may be, at most */

const GAP = 8;
const AWAY = 24; // from the spot: a finger's reach
const SIDES = ["left", "right", "above", "below"];
/** How the card can be laid out: at least and at most how wide, and how high all of it is. */
const TALL = { least: 156, most: 232, high: 330 };
const FLAT = { least: 240, most: 420, high: 150 };
const LOWEST = 56;

/**
 * The best free place, the one of which the card shows most.
 * @param {{width: number, height: number}} frame
 * @param {{x: number, y: number}} spot
 * @param {Box[]} others what should not be covered; without any such place the first may be, and so on
 * @param {string} was the side of the spot where the card is now, or ""; it is kept if that costs little
 * @returns {Place}
 */
export function room(frame, spot, others, was) {
  const boxes = [...others, { left: spot.x - AWAY, top: spot.y - AWAY, right: spot.x + AWAY, bottom: spot.y + AWAY }];
  const xs = edges(frame.width, boxes.flatMap((b) => [b.right + GAP, b.left - GAP]));
  const ys = edges(frame.height, boxes.flatMap((b) => [b.bottom + GAP, b.top - GAP]));
  /** @type {Place | null} */
  let best = null;
  let most = -1;
  for (const left of xs) {
    for (const right of xs) {
      if (right - left < TALL.least) continue;
      for (const top of ys) {
        for (const bottom of ys) {
          if (bottom - top < LOWEST) continue;
          if (boxes.some((b) => b.left < right && b.right > left && b.top < bottom && b.bottom > top)) continue;
          const box = { left, top, right, bottom };
          for (const shape of [TALL, FLAT]) {
            if (right - left < shape.least) continue;
            const side = sideOf(box, spot);
            const seen = Math.min(1, (bottom - top) / shape.high);
            const score = seen + (side === was ? 0.15 : 0) + (shape === TALL ? 0.02 : 0) - 0.001 * SIDES.indexOf(side) + 1e-9 * (right - left) * (bottom - top);
            if (score <= most) continue;
            most = score;
            best = place(box, side, shape);
          }
        }
      }
    }
  }
  if (best) return best;
  if (others.length) return room(frame, spot, others.slice(1), was);
  // A frame in which nothing fits beside the spot.
  const below = spot.y < frame.height / 2;
  const box = { left: GAP, right: frame.width - GAP, top: below ? spot.y + AWAY : GAP, bottom: below ? frame.height - GAP : spot.y - AWAY };
  return place(box, below ? "below" : "above", FLAT);
}

/** The edges that a place can have, within the frame. @param {number} size @param {number[]} all */
const edges = (size, all) => [...new Set([GAP, size - GAP, ...all])].filter((v) => v >= GAP && v <= size - GAP).sort((a, b) => a - b);

/** @param {Box} box @param {{x: number, y: number}} spot */
function sideOf(box, spot) {
  if (box.right <= spot.x) return "left";
  if (box.left >= spot.x) return "right";
  return box.bottom <= spot.y ? "above" : "below";
}

/** As far from the spot as the box allows. @param {Box} box @param {string} side @param {typeof TALL} shape @returns {Place} */
function place(box, side, shape) {
  const width = Math.min(box.right - box.left, shape.most);
  const left = side === "right" ? box.right - width : box.left;
  return { side, flat: shape === FLAT, left, width, top: box.top, height: box.bottom - box.top };
}
