// @ts-check
// Buttons that move the crystal: the tilt pad, rotation, zoom. A press is one
// step; held, it repeats.

import { $, $$ } from "../shared/dom.js";
import { act, gesture } from "./app.js";
import { announce, mute } from "./announce.js";
import { attach } from "./field.js";
import { keeping } from "./row.js";

const WAIT_MS = 350;
const REPEAT_MS = 1000 / 12;
const TURN_DEG = 5;
const ZOOM = 1.25;
const REPEATING = "[data-tilt], [data-turn], [data-zoom]";

/** The step that is chosen, degrees. */
export const step = () => Number($('input[name="step"]:checked')?.value ?? 0.5);

/** @param {HTMLElement} node */
function move(node) {
  const { tilt, turn, zoom } = node.dataset;
  if (tilt) {
    const [x, y] = tilt.split(",").map(Number);
    gesture({ op: "tilt", x: x * step(), y: y * step(), ...keeping() });
  } else if (turn) gesture({ op: "rotate", deg: Number(turn) * TURN_DEG });
  else if (zoom) gesture({ op: "zoom", factor: zoom === "1" ? ZOOM : 1 / ZOOM });
}

let timer = 0;
let repeated = false;

function stop() {
  clearTimeout(timer);
  timer = 0;
  mute(false);
}

document.addEventListener("pointerdown", (event) => {
  const node = /** @type {HTMLElement} */ (event.target).closest?.(REPEATING);
  repeated = false;
  if (!(node instanceof HTMLElement) || event.button !== 0) return;
  const again = () => {
    repeated = true;
    mute(true);
    move(node);
    timer = setTimeout(again, REPEAT_MS);
  };
  timer = setTimeout(again, WAIT_MS);
});
for (const name of ["pointerup", "pointercancel", "blur"]) addEventListener(name, () => timer && stop(), true);

document.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const node = target.closest?.(REPEATING);
  if (!(node instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!repeated) move(node);
  repeated = false;
});

document.addEventListener("contextmenu", (event) => {
  if (timer && /** @type {HTMLElement} */ (event.target).closest?.(REPEATING)) event.preventDefault();
});

// These are links for a page without scripts; now they are buttons.
for (const node of $$(`a:is(${REPEATING}, [data-do="snap"])`)) {
  node.setAttribute("role", "button");
  node.draggable = false;
  node.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    node.click();
  });
}

/** @type {Record<string, string>} */
const NAMES = { "0,1": "up", "0,-1": "down", "-1,0": "left", "1,0": "right" };

const next = $('[data-do="step"]');

/** The names of the arrows say how far they go. */
function name() {
  next.textContent = `${step()}°`;
  next.setAttribute("aria-label", `Step ${step()} degrees`);
  for (const node of $$("[data-tilt]")) node.setAttribute("aria-label", `Tilt ${NAMES[node.dataset.tilt]} ${step()} degrees`);
}
for (const dot of $$('input[name="step"]')) dot.addEventListener("change", name);

/** The next of the steps, in turn: what the button above the sheet of a phone does. */
export function nextStep() {
  const dots = $$('input[name="step"]');
  const dot = dots[(dots.findIndex((d) => d.checked) + 1) % dots.length];
  dot.checked = true;
  dot.dispatchEvent(new Event("change"));
  announce(next.getAttribute("aria-label"));
}

attach($("#rotation"), {
  async commit(text) {
    const reply = await act({ op: "rotate", text }, { quiet: true });
    return { fault: reply.fields?.rotation ?? reply.error ?? "" };
  },
});
