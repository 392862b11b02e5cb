// @ts-check
// Pointers, wheel and keys over a live figure, as requests to the engine.

import { named } from "../shared/keyboard.js";

/** @typedef {import('../shared/protocol').Request} Wish */

const HALF = 420; // of the drawing's view box
/** How far a press may wander before it is a drag, screen pixels. @type {Record<string, number>} */
const SLOP = { mouse: 3, pen: 5, touch: 8 };
const STEP_DEG = 0.5;
const TURN_DEG = 1;
const ZOOM = 1.15;

/**
 * @param {HTMLElement} picture
 * @param {() => boolean} live whether the figure takes gestures
 * @param {(wish: Wish) => void} send one frame of a gesture
 * @param {() => void} done the gesture has ended
 */
export function hands(picture, live, send, done) {
  /** @type {Map<number, {x: number, y: number}>} */
  const fingers = new Map();
  let start = { x: 0, y: 0, type: "mouse" };
  let state = "idle";
  let pinch = { distance: 1, angle: 0 };

  /** @param {{x: number, y: number}} at on the screen */
  const units = (at) => {
    const { left, top, width, height } = picture.getBoundingClientRect();
    const k = Math.max(width, height) / (2 * HALF);
    return { x: (at.x - left - width / 2) / k, y: (at.y - top - height / 2) / k };
  };

  const spread = () => {
    const [a, b] = [...fingers.values()];
    return { distance: Math.max(1, Math.hypot(b.x - a.x, b.y - a.y)), angle: Math.atan2(b.y - a.y, b.x - a.x), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  };

  picture.addEventListener("pointerdown", (event) => {
    if (!live() || event.button !== 0 || fingers.size === 2 || /** @type {Element} */ (event.target).closest("button")) return;
    picture.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size === 1) {
      start = { x: event.clientX, y: event.clientY, type: event.pointerType };
      state = "press";
      return;
    }
    if (state === "drag") send({ op: "drag", stage: "end", ...units(start) });
    state = "pinch";
    pinch = spread();
  });

  picture.addEventListener("pointermove", (event) => {
    const finger = fingers.get(event.pointerId);
    if (!finger) return;
    finger.x = event.clientX;
    finger.y = event.clientY;
    if (state === "press" && Math.hypot(finger.x - start.x, finger.y - start.y) > (SLOP[start.type] ?? 4)) {
      state = "drag";
      send({ op: "drag", stage: "start", ...units(start), shift: event.shiftKey });
    }
    if (state === "drag") send({ op: "drag", stage: "move", ...units(finger), shift: event.shiftKey, detent: !event.altKey });
    if (state === "pinch" && fingers.size === 2) {
      const now = spread();
      let turn = now.angle - pinch.angle;
      turn -= 2 * Math.PI * Math.round(turn / (2 * Math.PI));
      send({ op: "zoom", factor: now.distance / pinch.distance, ...units(now) });
      send({ op: "rotate", deg: (-180 / Math.PI) * turn });
      pinch = now;
    }
  });

  /** @param {PointerEvent} event */
  const release = (event) => {
    if (!fingers.delete(event.pointerId)) return;
    if (state === "drag") {
      send({ op: "drag", stage: event.type === "pointercancel" ? "cancel" : "end", ...units({ x: event.clientX, y: event.clientY }) });
      done();
    }
    state = fingers.size === 0 ? "idle" : "rest";
  };
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) picture.addEventListener(name, (event) => release(/** @type {PointerEvent} */ (event)));

  picture.addEventListener(
    "wheel",
    (event) => {
      if (!live()) return;
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
      const power = Math.max(-0.5, Math.min(0.5, -event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0015)));
      send({ op: "zoom", factor: Math.exp(power), ...units({ x: event.clientX, y: event.clientY }) });
    },
    { passive: false },
  );

  picture.addEventListener("keydown", (event) => {
    if (!live() || event.target !== picture || event.ctrlKey || event.metaKey) return;
    const wish = key(event);
    if (!wish) return;
    event.preventDefault();
    send(wish);
  });
}

/**
 * What a key means.
 * @param {KeyboardEvent} event
 * @returns {Wish | null}
 */
function key(event) {
  const times = event.shiftKey ? 10 : event.altKey ? 0.1 : 1;
  switch (named(event)) {
    case "ArrowLeft":
      return { op: "tilt", x: -STEP_DEG * times };
    case "ArrowRight":
      return { op: "tilt", x: STEP_DEG * times };
    case "ArrowUp":
      return { op: "tilt", y: STEP_DEG * times };
    case "ArrowDown":
      return { op: "tilt", y: -STEP_DEG * times };
    case ",":
    case "<":
      return { op: "rotate", deg: TURN_DEG * times };
    case ".":
    case ">":
      return { op: "rotate", deg: -TURN_DEG * times };
    case "+":
    case "=":
      return { op: "zoom", factor: ZOOM };
    case "-":
      return { op: "zoom", factor: 1 / ZOOM };
    case "0":
      return { op: "zoom", fit: true };
    case "s":
      return { op: "snap" };
  }
  return null;
}
