// @ts-check
// The linked views: stereogram (click a pole to go there) and the crystal along
// the beam (drag it and the pattern follows). They are drawn when they can be
// seen and the crystal has come to rest.

import { $, el, runs, svgNode } from "../../shared/dom.js";
import { act, gesture, newFrame, newView, settle } from "../../simulator/app.js";
import * as panels from "../../simulator/panels.js";
import { open } from "../../simulator/tools.js";

const stereogram = $("#stereogram");
const crystal = $("#crystal-view");
const REST_MS = 120;
const TAP = 22; // pixels

let timer = 0;
let stale = true;

const seen = () => stereogram.offsetParent !== null;

export function later() {
  stale = true;
  clearTimeout(timer);
  timer = setTimeout(refresh, REST_MS);
}

async function refresh() {
  if (!stale || !seen()) return;
  stale = false;
  const [poles, atoms] = await Promise.all([act({ op: "stereogram", text: $("#target")?.value ?? "" }, { quiet: true }), act({ op: "crystalview" }, { quiet: true })]);
  if (poles.ok && poles.svg) showPoles(poles);
  if (atoms.ok && atoms.svg) {
    const node = /** @type {Element | null} */ (svgNode(atoms.svg));
    if (node) {
      if (atoms.alt) node.setAttribute("aria-label", atoms.alt);
      crystal.replaceChildren(node);
    }
  }
}

/** @param {import('../../shared/protocol').Reply & {svg?: string}} reply */
function showPoles(reply) {
  const node = /** @type {SVGSVGElement | null} */ (svgNode(reply.svg ?? ""));
  if (!node) return;
  if (reply.alt) node.setAttribute("aria-label", reply.alt);
  const box = node.viewBox.baseVal;
  // Every pole is a link over the drawing, so that keys and readers reach it.
  const links = el("ul", { className: "poles plain-list" });
  for (const pole of reply.poles ?? []) {
    const go = el("button", { type: "button", className: "pole-link", "aria-label": pole.label, tabIndex: links.childElementCount ? -1 : 0 });
    go.append(el("span", { className: "tip" }, runs(pole.text)));
    go.style.left = `${((pole.x - box.x) / box.width) * 100}%`;
    go.style.top = `${((pole.y - box.y) / box.height) * 100}%`;
    go.dataset.uvw = pole.uvw.join(",");
    links.append(el("li", {}, go));
  }
  const focused = stereogram.contains(document.activeElement);
  stereogram.replaceChildren(node, links);
  if (focused) links.querySelector("button")?.focus();
}

// Poles lie close: a tap takes the one nearest to it.
stereogram.addEventListener("click", (/** @type {MouseEvent} */ event) => {
  let best = /** @type {HTMLElement} */ (event.target);
  if (event.detail) {
    let least = TAP;
    for (const node of stereogram.querySelectorAll(".pole-link")) {
      const { x, y, width } = node.getBoundingClientRect();
      const off = Math.hypot(x + width / 2 - event.clientX, y + width / 2 - event.clientY);
      if (off < least) [least, best] = [off, node];
    }
  }
  if (best.dataset.uvw) act({ op: "go", uvw: /** @type {any} */ (best.dataset.uvw.split(",").map(Number)) });
});

// One stop for the Tab key; arrows go to the next pole in that direction.
stereogram.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
  const from = /** @type {HTMLElement} */ (event.target);
  const dir = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
  if (!dir || !from.matches(".pole-link")) return;
  event.preventDefault();
  const a = from.getBoundingClientRect();
  let best = null;
  let least = Infinity;
  for (const node of stereogram.querySelectorAll(".pole-link")) {
    const b = node.getBoundingClientRect();
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const along = dx * dir[0] + dy * dir[1];
    const across = Math.abs(dx * dir[1]) + Math.abs(dy * dir[0]);
    if (along > 1 && along + 2 * across < least) {
      least = along + 2 * across;
      best = node;
    }
  }
  if (!(best instanceof HTMLElement)) return;
  from.tabIndex = -1;
  best.tabIndex = 0;
  best.focus();
});

// Dragging the crystal turns it: a full width is 90 degrees.
crystal.addEventListener("pointerdown", (/** @type {PointerEvent} */ e) => {
  if (e.button !== 0) return;
  crystal.setPointerCapture(e.pointerId);
  let [x, y] = [e.clientX, e.clientY];
  const k = 90 / crystal.clientWidth;
  const move = (/** @type {PointerEvent} */ m) => {
    gesture({ op: "tilt", x: (m.clientX - x) * k, y: (y - m.clientY) * k }, { open: true });
    [x, y] = [m.clientX, m.clientY];
  };
  const stop = () => {
    crystal.removeEventListener("pointermove", move);
    settle("tilt");
  };
  crystal.addEventListener("pointermove", move);
  crystal.addEventListener("lostpointercapture", stop, { once: true });
});

stereogram.nextElementSibling.append(" ", el("button", { type: "button", className: "larger", onclick: () => void open("stereonet") }, "Larger", el("span", { className: "sr" }, " stereogram")));

newView.listen(later);
newFrame.listen(() => (stale = true));
panels.shown.listen(later);
