// @ts-check
// The stereogram to measure in: what direction is under the pointer, the angle of
// two directions, great and small circles, what looks the same, a Wulff net, and
// a file of it. The engine draws and words all of it.

import { button, el, runs, svgNode } from "../../shared/dom.js";
import { announce } from "../../simulator/announce.js";
import { act, newView } from "../../simulator/app.js";
import { attach } from "../../simulator/field.js";
import { dialog } from "../dialog.js";
import { saveText } from "../save.js";

const HALF = 134; // of the view box
const RADIUS = 120; // of the circle in it
const MOST_ZOOM = 12;
const LETTER = 12; // pixels, in the window
const TAP = 6; // pixels that a finger may move

/** @typedef {import('../../shared/protocol').NetRequest} Net */

/** What is asked for, kept while the page is open. @type {Net} */
const asked = { zoom: 1, cx: 0, cy: 0, first: "", second: "", radius: "", great: true, sum: 6 };

/**
 * Something that one at a time does: who wants it meanwhile gets it once more, of
 * what is so then. The promise is kept when the last is done.
 * @param {() => Promise<any>} run
 * @returns {() => Promise<void>}
 */
function latest(run) {
  /** @type {Promise<void> | null} */
  let under = null;
  let again = false;
  const all = async () => {
    do {
      again = false;
      await run();
    } while (again);
    under = null;
  };
  return () => {
    again = true;
    return (under ??= all());
  };
}

/** The dialog. */
export function open() {
  const box = el("div", { className: "net", tabIndex: 0, autofocus: true, role: "group", "aria-label": "Stereogram. Arrow keys move the point that is read, Enter takes its direction, plus and minus zoom." });
  const cross = el("i", { className: "net-cross", hidden: true });
  const reading = el("p", { className: "net-reading" }, "Point at a direction to read it; click to take it.");
  const angle = el("p", { className: "net-angle" });
  const circle = el("p", { className: "hint" });

  /** What the engine last said. @type {any} */
  let said = {};

  /** Draws what is asked for. */
  const draw = latest(async () => {
    asked.letters = Math.min(Math.max((LETTER * 2 * HALF) / (box.clientWidth || 600), 4), 12);
    box.style.setProperty("--letter", `${asked.letters}px`);
    box.style.touchAction = (asked.zoom ?? 1) > 1 ? "none" : "pan-y";
    const reply = await act({ op: "stereonet", net: { ...asked } }, { quiet: true });
    const node = reply.svg ? /** @type {Element | null} */ (svgNode(reply.svg)) : null;
    if (!node) return reading.replaceChildren(reply.error ?? "The stereogram could not be drawn.");
    if (reply.alt) node.setAttribute("aria-label", reply.alt);
    box.replaceChildren(node, cross);
    said = reply.net ?? {};
    angle.replaceChildren(runs(said.angle));
    circle.replaceChildren(runs(said.circle));
    go.disabled = !asked.first || Boolean(said.faults?.first);
  });

  // Reading. The point is kept in view-box units.
  let at = { x: 0, y: 0 };
  /** @type {any} */
  let read = null;
  const readAt = latest(async () => {
    const { net } = await act({ op: "stereonet", kind: "read", net: { ...asked, at: [at.x, at.y] } }, { quiet: true });
    read = net?.uvw ? net : null;
    reading.replaceChildren(read ? runs(read.reading) : "Outside the hemisphere.");
  });

  /** @param {{clientX: number, clientY: number}} e */
  const inBox = (e) => {
    const r = box.getBoundingClientRect();
    return { x: ((e.clientX - r.left) / r.width) * 2 * HALF - HALF, y: ((e.clientY - r.top) / r.height) * 2 * HALF - HALF };
  };

  /** Takes the direction that was read: A, then B, then A again. */
  function take() {
    if (!read) return;
    const second = first.value !== "" && other.value === "";
    if (!second) {
      asked.second = "";
      fields.second.release();
      fields.second.show("");
    }
    asked[second ? "second" : "first"] = read.typed;
    fields[second ? "second" : "first"].release();
    fields[second ? "second" : "first"].show(read.typed);
    draw().then(() => announce(said.angle && second ? angle.textContent : `${second ? "B" : "A"} is ${read?.spoken ?? ""}`));
  }

  /** @param {number} factor @param {{x: number, y: number}} about view-box units */
  function zoom(factor, about = { x: 0, y: 0 }) {
    const before = RADIUS * (asked.zoom ?? 1);
    const x = (asked.cx ?? 0) + about.x / before;
    const y = (asked.cy ?? 0) - about.y / before;
    asked.zoom = Math.min(Math.max((asked.zoom ?? 1) * factor, 1), MOST_ZOOM);
    const after = RADIUS * asked.zoom;
    lookAt(x - about.x / after, y + about.y / after);
  }

  /** @param {number} x @param {number} y */
  function lookAt(x, y) {
    const far = Math.max(Math.hypot(x, y), 1);
    [asked.cx, asked.cy] = asked.zoom === 1 ? [0, 0] : [x / far, y / far];
    draw();
  }

  // Pointers: one that stays is a click, one that moves pans what is enlarged, two zoom.
  /** @type {Map<number, {x: number, y: number}>} */
  const down = new Map();
  let moved = 0;
  box.addEventListener("pointerdown", (/** @type {PointerEvent} */ e) => {
    if (e.button !== 0) return;
    if (down.size === 0) moved = 0;
    down.set(e.pointerId, { x: e.clientX, y: e.clientY });
    box.setPointerCapture(e.pointerId);
    cross.hidden = true;
  });
  box.addEventListener("pointermove", (/** @type {PointerEvent} */ e) => {
    const from = down.get(e.pointerId);
    if (!from) {
      at = inBox(e);
      readAt();
      return;
    }
    const [dx, dy] = [e.clientX - from.x, e.clientY - from.y];
    const k = (2 * HALF) / box.clientWidth / (RADIUS * (asked.zoom ?? 1));
    if (down.size === 2) {
      const still = [...down].find(([id]) => id !== e.pointerId)?.[1] ?? from;
      const apart = Math.hypot(from.x - still.x, from.y - still.y);
      moved = Infinity;
      if (apart > 0) zoom(Math.hypot(e.clientX - still.x, e.clientY - still.y) / apart, inBox({ clientX: still.x, clientY: still.y }));
    } else {
      moved += Math.hypot(dx, dy);
      if (moved > TAP && (asked.zoom ?? 1) > 1) lookAt((asked.cx ?? 0) - dx * k, (asked.cy ?? 0) + dy * k);
    }
    down.set(e.pointerId, { x: e.clientX, y: e.clientY });
  });
  box.addEventListener("pointerup", (/** @type {PointerEvent} */ e) => {
    if (!down.delete(e.pointerId) || moved > TAP) return;
    at = inBox(e);
    readAt().then(take);
  });
  box.addEventListener("pointercancel", (/** @type {PointerEvent} */ e) => void down.delete(e.pointerId));
  box.addEventListener("wheel", (/** @type {WheelEvent} */ e) => {
    e.preventDefault();
    zoom(Math.exp(-e.deltaY * (e.deltaMode ? 0.05 : 0.0015)), inBox(e));
  }, { passive: false });

  box.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    const step = e.shiftKey ? 12 : 2;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (e.ctrlKey || e.altKey || e.metaKey) return;
    if (way) {
      at = { x: Math.min(Math.max(at.x + way[0] * step, -HALF), HALF), y: Math.min(Math.max(at.y + way[1] * step, -HALF), HALF) };
      cross.hidden = false;
      cross.style.left = `${((at.x + HALF) / (2 * HALF)) * 100}%`;
      cross.style.top = `${((at.y + HALF) / (2 * HALF)) * 100}%`;
      readAt().then(() => announce(read?.spoken ?? "Outside the hemisphere."));
    } else if (e.key === "Enter") readAt().then(take);
    else if (e.key === "+" || e.key === "=") zoom(1.5, at);
    else if (e.key === "-") zoom(1 / 1.5, at);
    else if (e.key === "0") zoom(0);
    else return;
    e.preventDefault();
    e.stopPropagation();
  });

  // Fields.
  const input = (/** @type {string} */ id, /** @type {string} */ hint) => el("input", { className: "field", id, autocomplete: "off", spellcheck: false, placeholder: hint });
  const first = input("net-first", "[001]");
  const other = input("net-second", "[112] or (111)");
  const radius = input("net-radius", "none");
  /** @param {any} node @param {"first" | "second" | "radius"} name */
  const field = (node, name) => attach(node, { empty: true, commit: async (text) => {
    asked[name] = text.trim();
    await draw();
    const fault = said.faults?.[name] ?? "";
    if (!fault) fields[name].show(asked[name] ?? "");
    if (!fault && said.angle && name !== "radius") announce(angle.textContent ?? "");
    return { fault };
  } });
  /** @param {string} id @param {string} text @param {any} node */
  const row = (id, text, node) => el("div", {}, el("label", { className: "label", for: id }, text), node);
  /** @param {string} text @param {"great" | "family" | "lines"} name */
  const tick = (text, name) => {
    const node = el("input", { type: "checkbox", checked: Boolean(asked[name]), onchange: () => { asked[name] = node.checked; draw(); } });
    return el("label", { className: "check" }, node, " ", text);
  };
  const sum = el("select", { className: "field", id: "net-sum", onchange: () => { asked.sum = Number(sum.value); readAt(); } }, ...[3, 4, 6, 8, 10, 12, 16, 20].map((n) => el("option", { value: String(n), selected: n === asked.sum }, String(n))));

  const go = button("Go to A", { primary: true, onclick: async () => {
    const reply = await act({ op: "zone", text: asked.first ?? "", short: true }, { quiet: true });
    if (reply.zone?.action?.request) await act(reply.zone.action.request);
  } });
  const row1 = el("div", { className: "row" },
    button("Zoom in", { icon: "plus", bare: true, onclick: () => zoom(1.5) }), button("Zoom out", { icon: "minus", bare: true, onclick: () => zoom(1 / 1.5) }),
    button("Whole circle", { onclick: () => zoom(0) }),
    button("Save SVG", { icon: "download", onclick: async () => { const { file } = await act({ op: "stereonet", kind: "svg", net: { ...asked } }); if (file) saveText(file); } }));
  const controls = el("div", { className: "net-controls" },
    row("net-first", "A, first direction", first), row("net-second", "B, second direction", other), angle,
    tick("Great circle through A and B", "great"), row("net-radius", "Small circle about A, degrees", radius),
    tick("Equivalent poles of A", "family"), circle, tick("Wulff net", "lines"),
    row("net-sum", "Largest sum of indices that is read", sum),
    el("div", { className: "row" }, go, button("Clear", { onclick: () => {
      Object.assign(asked, { first: "", second: "", radius: "" });
      for (const f of Object.values(fields)) { f.release(); f.show(""); }
      draw();
    } })));
  const panel = dialog("Stereogram", el("div", { className: "net-tool" }, el("div", { className: "net-figure" }, box, reading, row1), controls));
  panel.classList.add("wide-dialog");
  const fields = { first: field(first, "first"), second: field(other, "second"), radius: field(radius, "radius") };
  for (const name of /** @type {const} */ (["first", "second", "radius"])) fields[name].show(asked[name] ?? "");

  const stop = newView.listen(() => void draw());
  panel.addEventListener("close", () => stop?.());
  panel.showModal();
}
