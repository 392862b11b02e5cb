// @ts-check
// A spot: the tip under the mouse, the card with its numbers, the walk from
// spot to spot by keys.

import { $$, button, el, runs } from "../shared/dom.js";
import { act, now, newFrame, newView } from "./app.js";
import { field, main, toPixels, toUnits } from "./pattern.js";
import { announce } from "./announce.js";
import { room } from "./room.js";
import { keeping } from "./row.js";
import { measuring, toolChanged } from "./tool.js";

/** @typedef {import('../shared/protocol').Detail} Detail */

const tip = el("div", { className: "tip", hidden: true });
const card = el("section", { className: "card", hidden: true, "aria-label": "Spot" });
main.append(tip, card);

let asked = 0;

/**
 * Shows the tip of the spot under the mouse.
 * @param {PointerEvent} event
 * @param {number} radius view-box units
 */
export async function hover(event, radius) {
  if (!now.view || measuring() || event.timeStamp - asked < 60) return;
  asked = event.timeStamp;
  const mine = asked;
  const { detail } = await act({ op: "pick", ...toUnits(event), radius }, { quiet: true });
  if (mine !== asked) return;
  if (!detail?.hkl) return hideTip();
  tip.replaceChildren(el("b", {}, runs(detail.label)), detail.d ? ` ${detail.d} Å` : "");
  tip.hidden = false;
  place(tip, detail, 14);
}

export function hideTip() {
  asked = 0;
  tip.hidden = true;
}

/**
 * Puts a box beside a spot, inside the pattern.
 * @param {HTMLElement} box
 * @param {{x: number, y: number}} at
 * @param {number} gap
 */
function place(box, at, gap) {
  const p = toPixels(at);
  const [w, h] = [box.offsetWidth, box.offsetHeight];
  const left = p.x + gap + w < field.clientWidth ? p.x + gap : p.x - gap - w;
  const top = Math.min(Math.max(p.y - h / 2, 8), field.clientHeight - h - 8);
  box.style.left = `${Math.max(left, 8)}px`;
  box.style.top = `${Math.max(top, 8)}px`;
}

export const isOpen = () => !card.hidden;

/**
 * Opens the card of a spot and rings it.
 * @param {[number, number, number]} hkl
 */
export async function open(hkl) {
  const { detail } = await act({ op: "select", hkl }, { keep: true });
  if (detail) show(detail);
}

/** Closes the card. A spot whose row is kept stays chosen. */
export function close() {
  if (card.hidden && !now.view?.detail) return;
  card.hidden = true;
  if (!keeping().hkl) act({ op: "select" }, { keep: true });
}

/** @param {Detail} detail */
function show(detail) {
  hideTip();
  const hkl = detail.hkl;
  const rows = [
    ["d", detail.d && `${detail.d} Å`],
    ["1/d", detail.invD && el("span", {}, `${detail.invD} nm`, el("sup", {}, "−1"))],
    ["Planes", detail.multiplicity],
    ["|F|", detail.f && `${detail.f} Å`],
    ["Phase", detail.phase],
    ["s", detail.s && el("span", {}, `${detail.s} Å`, el("sup", {}, "−1"))],
    ["Intensity", detail.i && `${detail.i} % ${detail.of}`],
    ["ξ", detail.xi && `${detail.xi} nm`],
    ["2θ", detail.angle && `${detail.angle} mrad`],
  ];
  const list = el("dl", { className: "numbers" });
  for (const [name, value] of rows) if (value) list.append(el("div", {}, el("dt", {}, name), el("dd", {}, value)));
  const head = el("h2", {}, el("span", {}, runs(detail.label)), detail.family?.length ? el("small", {}, runs(detail.family)) : "");
  const acts = el("div", { className: "row" });
  if (hkl) {
    acts.append(button("Measure", { icon: "ruler", grow: true, onclick: () => void act({ op: "measure", hkl }) }));
    if (!detail.multiplicity) acts.append(button("Centre", { icon: "crosshair", grow: true, onclick: () => void act({ op: "centre", hkl }) }));
  }
  const parts = [head, list];
  for (const text of [detail.also, detail.forbidden, detail.path]) if (text?.length) parts.push(el("p", { className: "hint" }, runs(text)));
  card.replaceChildren(button("Close", { icon: "x", bare: true, ghost: true, onclick: leave }), ...parts, acts);
  card.hidden = false;
  lay();
}

/** Where the card stands: beside its spot, or above or below it. */
let side = "";

/** Lays the card over the pattern, away from its spot and from what else stands there. */
function lay() {
  const detail = now.view?.detail;
  if (card.hidden || !detail) return;
  const frame = main.getBoundingClientRect();
  const others = $$(".hud, .dock, .legend-button, .scale :is(path, text)").map((node) => node.getBoundingClientRect())
    .filter((r) => r.width > 0 && r.bottom > frame.top && r.top < frame.bottom)
    .map((r) => ({ left: r.left - frame.left, top: r.top - frame.top, right: r.right - frame.left, bottom: r.bottom - frame.top }));
  const place = room({ width: frame.width, height: frame.height }, toPixels(detail), others, side);
  side = place.side;
  card.toggleAttribute("data-flat", place.flat);
  card.style.left = `${place.left}px`;
  card.style.width = `${place.width}px`;
  card.style.maxHeight = `${place.height}px`;
  card.style.top = side === "below" ? "auto" : `${place.top}px`;
  card.style.bottom = side === "below" ? `${frame.height - place.top - place.height}px` : "auto";
}
new ResizeObserver(lay).observe(main);

function leave() {
  close();
  field.focus();
}
card.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && leave());

newView.listen((view) => {
  card.removeAttribute("aria-busy");
  if (!view.detail) card.hidden = true;
  else if (!card.hidden) show(view.detail);
});
newFrame.listen(() => {
  tip.hidden = true;
  card.setAttribute("aria-busy", "true"); // until the view comes
});
toolChanged.listen(() => measuring() && close());

/**
 * Selects the neighbouring spot.
 * @param {string} dir
 */
export async function walk(dir) {
  const { detail } = await act({ op: "walk", dir }, { keep: true });
  if (!detail) return;
  if (isOpen()) show(detail);
  announce(spoken(detail));
}

/** @param {Detail} d */
const spoken = (d) => [d.spoken, d.d && `d ${d.d} ångström`, d.i && `intensity ${d.i} percent ${d.of}`].filter(Boolean).join(", ") + ".";

/** Opens the card of the spot that the walk stands on, or measures it. */
export function enter() {
  const detail = now.view?.detail;
  if (!detail?.hkl) return;
  if (measuring()) act({ op: "measure", hkl: detail.hkl });
  else show(detail);
}
