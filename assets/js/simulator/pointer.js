// @ts-check
// Mouse, pen and fingers over the pattern: drag, twist, pinch, wheel, tap.

import { act, gesture, settle } from "./app.js";
import { field, measure, scale, toUnits } from "./pattern.js";
import { mute } from "./announce.js";
import { pair, pinch } from "./pinch.js";
import { keeping } from "./row.js";
import * as spot from "./spot.js";
import { measuring } from "./tool.js";

/** @typedef {{x: number, y: number, startX: number, startY: number, type: string}} Finger */

/** How far a press may wander, and how far a pick reaches; screen pixels. @type {Record<string, number>} */
const SLOP = { mouse: 4, pen: 6, touch: 9 };
/** @type {Record<string, number>} */
const REACH = { mouse: 12, pen: 16, touch: 24 };
const DOUBLE_MS = 350;

/** @type {Map<number, Finger>} */
const fingers = new Map();
/** What goes on: nothing, a press that may become a tap, a drag, two fingers. */
let state = "idle";
let pinched = pinch({ distance: 1, angle: 0 });
let lastTap = { at: 0, x: 0, y: 0 };

/** @param {string} type @returns {number} in view-box units */
const reach = (type) => (REACH[type] ?? REACH.mouse) / scale();

/** Whether a pen is down: what else touches is the hand that holds it. */
const writes = () => [...fingers.values()].some((f) => f.type === "pen");

field.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
  if (event.button !== 0 || writes()) return;
  if (event.pointerType === "pen") forget();
  if (fingers.size === 2) return;
  if (fingers.size === 0) measure();
  field.setPointerCapture(event.pointerId);
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY, startX: event.clientX, startY: event.clientY, type: event.pointerType });
  spot.hideTip();
  if (fingers.size === 1) state = "press";
  else beginPinch();
});

field.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
  const finger = fingers.get(event.pointerId);
  if (!finger) {
    if (event.pointerType === "mouse" && fingers.size === 0) spot.hover(event, reach("mouse"));
    return;
  }
  finger.x = event.clientX;
  finger.y = event.clientY;
  if (state === "press" && far(finger)) beginDrag(finger, event);
  if (state === "drag") gesture({ op: "drag", stage: "move", ...toUnits(event), shift: event.shiftKey, detent: !event.altKey }, { open: true });
  if (state === "pinch") movePinch();
});

/** @param {Finger} f */
const far = (f) => Math.hypot(f.x - f.startX, f.y - f.startY) > (SLOP[f.type] ?? 4);

/**
 * @param {Finger} finger
 * @param {PointerEvent} event
 */
function beginDrag(finger, event) {
  state = "drag";
  mute(true);
  const at = toUnits({ clientX: finger.startX, clientY: finger.startY });
  const { width, height } = field.getBoundingClientRect();
  const twist = Math.hypot(at.x, at.y) * scale() > 0.8 * (Math.min(width, height) / 2);
  gesture({ op: "drag", stage: "start", ...at, ...keeping(), shift: event.shiftKey, twist, detent: !event.altKey }, { open: true });
}

/** @param {string} stage end or cancel */
function endDrag(stage, at = { x: 0, y: 0 }) {
  state = "idle";
  act({ op: "drag", stage, ...at }).then(() => mute(false));
}

function beginPinch() {
  if (state === "drag") {
    const [first] = fingers.values();
    endDrag("end", toUnits({ clientX: first.x, clientY: first.y }));
  }
  state = "pinch";
  mute(true);
  pinched = pinch(pair(fingers.values()));
}

/** Takes back what fingers have begun: they were a hand on its way to write. */
function forget() {
  if (state === "drag") endDrag("cancel");
  if (state === "pinch") void settle("pinch").then(() => mute(false));
  fingers.clear();
  state = "idle";
}

function movePinch() {
  const next = pair(fingers.values());
  const { factor, deg } = pinched(next);
  if (factor) gesture({ op: "zoom", factor, ...toUnits({ clientX: next.x, clientY: next.y }) }, { open: true });
  if (deg) gesture({ op: "rotate", deg }, { open: true });
}

/** @param {PointerEvent} event @param {boolean} cancelled */
function release(event, cancelled) {
  const finger = fingers.get(event.pointerId);
  if (!finger) return;
  fingers.delete(event.pointerId);
  const was = state;
  if (was === "drag") return endDrag(cancelled ? "cancel" : "end", toUnits(event));
  if (was === "pinch") {
    state = "rest"; // the other finger does nothing until it is lifted
    return void settle("pinch").then(() => mute(false));
  }
  if (fingers.size === 0) state = "idle";
  if (was === "press" && !cancelled) tap(event, finger.type);
}

field.addEventListener("pointerup", (/** @type {PointerEvent} */ e) => release(e, false));
field.addEventListener("pointercancel", (/** @type {PointerEvent} */ e) => release(e, true));
field.addEventListener("lostpointercapture", (/** @type {PointerEvent} */ e) => release(e, true));
field.addEventListener("pointerleave", () => spot.hideTip());

/**
 * @param {PointerEvent} event
 * @param {string} type
 */
async function tap(event, type) {
  const at = { ...toUnits(event), radius: reach(type) };
  const again = event.timeStamp - lastTap.at < DOUBLE_MS && Math.hypot(event.clientX - lastTap.x, event.clientY - lastTap.y) < 30;
  lastTap = { at: again ? 0 : event.timeStamp, x: event.clientX, y: event.clientY };
  if (measuring()) return void act({ op: "measure", ...at });
  const { detail } = await act({ op: "pick", ...at }, { quiet: true });
  if (!detail?.hkl) return spot.close();
  if (again) return void act({ op: "centre", hkl: detail.hkl });
  return spot.open(detail.hkl);
}

field.addEventListener(
  "wheel",
  (/** @type {WheelEvent} */ event) => {
    event.preventDefault();
    measure();
    const lines = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const speed = event.ctrlKey ? 0.01 : 0.0015;
    const factor = Math.exp(Math.max(-0.5, Math.min(0.5, -event.deltaY * lines * speed)));
    gesture({ op: "zoom", factor, ...toUnits(event) });
  },
  { passive: false },
);

// Safari tells of a pinch on a trackpad by its own events.
for (const name of ["gesturestart", "gesturechange", "gestureend"]) {
  field.addEventListener(name, (/** @type {any} */ event) => {
    event.preventDefault();
    if (fingers.size > 0) return; // fingers on a screen come as pointers
    if (name === "gesturestart") {
      measure();
      pinched = pinch({ distance: 1, angle: 0 });
    }
    const { factor, deg } = pinched({ distance: event.scale, angle: (event.rotation * Math.PI) / 180 });
    if (factor) gesture({ op: "zoom", factor, ...toUnits(event) });
    if (deg) gesture({ op: "rotate", deg });
  });
}

field.addEventListener("contextmenu", (/** @type {Event} */ event) => {
  if (fingers.size > 0) event.preventDefault();
});
