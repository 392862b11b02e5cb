// @ts-check
// Figures that come alive: a drawn pattern becomes one that can be turned, by
// the engine worker and SVG. One figure at a time; the page scrolls as ever
// until a figure is asked for, and again when it is done.

import * as engine from "../shared/engine.js";
import { $, el, runs, svgNode } from "../shared/dom.js";
import { hands } from "./figure-hands.js";

/** @typedef {import('../shared/protocol').Request} Wish */
/** @typedef {import('../shared/protocol').Reply} Reply */
/** @typedef {import('../shared/protocol').Frame} Frame */
/**
 * @typedef {object} Figure
 * @property {HTMLElement} node
 * @property {HTMLElement} picture
 * @property {HTMLButtonElement} button
 * @property {HTMLInputElement | null} knob
 * @property {HTMLInputElement | null} box
 * @property {string} snapshot of the state it was left in
 * @property {number} at value that the knob stands for now
 */

const SETTLE_MS = 180;
const LABEL = "Rotate this pattern";

/** @type {Figure | null} */
let active = null;
let started = false;
let settling = 0;
/** Ends the waiting for an engine that does not come. @type {(why: Error) => void} */
let giveUp = () => {};
/** @type {HTMLElement | null} */
let status = null;

/**
 * Takes over the figures of a page.
 * @param {HTMLElement[]} nodes
 * @param {HTMLElement} first the one that has been touched
 * @param {string} how "click" on its button, or "input" by its knob or box
 */
export function setUp(nodes, first, how) {
  const figures = nodes.map(prepare);
  document.addEventListener("pointerdown", (event) => {
    if (active && !active.node.contains(/** @type {Node} */ (event.target))) end();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !active) return;
    const inside = active.node.contains(document.activeElement);
    const { button } = active;
    end();
    if (inside) button.focus();
  });
  const touched = figures[nodes.indexOf(first)];
  if (how === "click") begin(touched);
  else use(touched);
}

/** @param {HTMLElement} node @returns {Figure} */
function prepare(node) {
  const figure = /** @type {Figure} */ ({
    node,
    picture: $(".picture", node),
    button: $(".play", node),
    knob: $('input[type="range"]', node),
    box: $('input[type="checkbox"]', node),
    snapshot: "",
    at: 0,
  });
  figure.button.addEventListener("click", () => (active === figure ? end() : begin(figure)));
  for (const input of [figure.knob, figure.box]) input?.addEventListener("input", () => use(figure));
  if (figure.knob) figure.at = Number(figure.knob.getAttribute("value"));
  hands(figure.picture, () => active === figure, (wish) => gesture(figure, wish), () => settle(figure));
  return figure;
}

/** @param {string} text */
function announce(text) {
  status ??= document.body.appendChild(el("p", { className: "sr", role: "status" }));
  if (status) status.textContent = text;
}

engine.news.listen((news) => {
  if (news.type === "progress" && news.part > 0 && news.part < 1 && active?.button.disabled) active.button.textContent = `Loading, ${Math.round(100 * news.part)} %`;
  if (news.type !== "failed") return;
  started = false;
  giveUp(new Error(news.message));
  const failed = active;
  if (!failed) return;
  end();
  failed.button.textContent = "It did not start. Try again";
});

/**
 * Makes a figure live. Waits for the engine if need be.
 * @param {Figure} figure
 * @returns {Promise<boolean>}
 */
async function begin(figure) {
  end();
  active = figure;
  figure.button.disabled = true;
  figure.button.textContent = "Loading…";
  const broken = new Promise((_, fail) => (giveUp = fail));
  broken.catch(() => {});
  if (!started) {
    started = true;
    engine.start();
  }
  try {
    const wish = figure.snapshot ? { op: "restore", snapshot: figure.snapshot } : { op: "open", link: figure.node.dataset.link };
    const reply = await Promise.race([act(figure, wish), broken]);
    if (active !== figure) return false;
    if (!reply.ok) throw new Error(reply.error);
    enliven(figure);
    return true;
  } catch {
    if (active === figure) end();
    figure.button.textContent = "It did not start. Try again";
    return false;
  }
}

/** @param {Figure} figure */
function enliven(figure) {
  const { node, picture, button } = figure;
  node.dataset.active = "";
  button.disabled = false;
  button.textContent = "Done";
  picture.tabIndex = 0;
  picture.setAttribute("role", "application");
  picture.setAttribute("aria-roledescription", "diffraction pattern");
  picture.setAttribute("aria-label", "Diffraction pattern. Arrow keys tilt, comma and full stop rotate, plus and minus zoom, S goes to the nearest zone axis, Escape ends.");
  picture.setAttribute("aria-describedby", `${node.id}-caption`);
  $(".hud", picture).hidden = false;
  announce("The pattern can be turned now.");
}

/** Ends the live figure; its picture stays as it was left. */
function end() {
  if (!active) return;
  const { node, picture, button } = active;
  active = null;
  clearTimeout(settling);
  delete node.dataset.active;
  button.disabled = false;
  button.textContent = LABEL;
  picture.removeAttribute("tabindex");
  for (const name of ["role", "aria-roledescription", "aria-label", "aria-describedby"]) picture.removeAttribute(name);
  $("svg", picture)?.removeAttribute("aria-hidden");
  $(".hud", picture).hidden = true;
}

/**
 * Sends a request and shows the picture that comes back.
 * @param {Figure} figure
 * @param {Wish} request
 * @returns {Promise<Reply>}
 */
async function act(figure, request) {
  let { reply, svg } = await engine.send({ ...request, draw: "svg" });
  if (reply.need) {
    const { crystalBytes } = await import("../shared/crystals.js");
    ({ reply, svg } = await engine.send({ ...request, draw: "svg" }, await crystalBytes(reply.need), { first: true }));
  }
  if (!reply.ok || active !== figure) return reply;
  paint(figure, svg, reply.view?.frame ?? reply.frame);
  if (reply.snapshot) figure.snapshot = reply.snapshot;
  if (reply.link) for (const link of figure.node.querySelectorAll("a.open")) link.setAttribute("href", new URL(reply.link, location.href).href);
  if (reply.status) announce(reply.status);
  return reply;
}

/**
 * Sends one frame of a gesture.
 * @param {Figure} figure
 * @param {Wish} request
 */
function gesture(figure, request) {
  engine.sendFrame({ ...request, draw: "svg" }, ({ reply, svg }) => {
    if (reply.ok && active === figure) paint(figure, svg, reply.frame);
  });
  if (request.op !== "drag") {
    clearTimeout(settling);
    settling = setTimeout(() => settle(figure), SETTLE_MS);
  }
}

/** After a gesture: the link, the snapshot, what to say. @param {Figure} figure */
function settle(figure) {
  clearTimeout(settling);
  if (active === figure) act(figure, { op: "view" }).catch(() => {});
}

/**
 * @param {Figure} figure
 * @param {string} svg
 * @param {Frame} [frame]
 */
function paint(figure, svg, frame) {
  const node = /** @type {SVGElement | null} */ (svg ? svgNode(svg) : null);
  if (node) {
    node.setAttribute("aria-hidden", "true");
    $("svg", figure.picture).replaceWith(node);
  }
  if (!frame) return;
  $(".hud", figure.picture).replaceChildren(el("b", {}, runs(frame.zone)), frame.offAxis);
  bar($(".scale", figure.picture), frame.bar);
}

/**
 * Sets the scale bar.
 * @param {SVGElement | null} svg
 * @param {import('../shared/protocol').Bar} value
 */
function bar(svg, value) {
  if (!svg) return;
  $("path", svg).setAttribute("d", `M-${value.units} 0H0`);
  $("g", svg).setAttribute("transform", `scale(.5) translate(-${value.units} -16)`);
  $("text", svg).replaceChildren(
    ...value.label.map((run) => {
      if (!run.sup) return document.createTextNode(run.t);
      const up = document.createElementNS("http://www.w3.org/2000/svg", "tspan");
      up.setAttribute("dy", "-5");
      up.setAttribute("font-size", "10");
      up.textContent = run.t;
      return up;
    }),
  );
}

/** Which figure's knob or box has been moved while the last move was on its way. @type {Figure | null} */
let moved = null;
let busy = false;

/**
 * Follows the knob and the box of a figure, waking it if it is still.
 * @param {Figure} figure
 */
async function use(figure) {
  show(figure);
  moved = figure;
  if (busy) return;
  busy = true;
  try {
    while (moved) {
      const now = moved;
      moved = null;
      if (active !== now && !(await begin(now))) return;
      await apply(now);
    }
  } finally {
    busy = false;
  }
}

/** Writes the value beside the knob. @param {Figure} figure */
function show(figure) {
  if (!figure.knob) return;
  const out = /** @type {HTMLOutputElement} */ ($("output", figure.node));
  const unit = /[^\d.\s\u2212-]+$/.exec(out.value)?.[0] ?? "";
  const decimals = (figure.knob.step.split(".")[1] ?? "").length;
  const value = figure.knob.valueAsNumber.toFixed(decimals).replace("-", "\u2212");
  out.value = value + (unit === "°" ? "" : "\u2009") + unit;
}

/** @param {Figure} figure */
async function apply(figure) {
  if (figure.box) await act(figure, { op: "set", set: { values: { o: (figure.box.checked ? "+" : "-") + figure.box.name } } });
  const knob = figure.knob;
  if (!knob || knob.valueAsNumber === figure.at) return;
  const value = knob.valueAsNumber;
  const change = value - figure.at;
  figure.at = value;
  switch (knob.name) {
    case "kv":
    case "cl":
    case "t":
      return void (await act(figure, { op: "set", set: { values: { [knob.name]: String(value) } } }));
    case "to":
      return void (await act(figure, { op: "rotate", text: String(value) }));
    case "x":
    case "y":
      return void (await act(figure, { op: "tilt", [knob.name]: change }));
  }
}
