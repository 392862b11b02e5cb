// @ts-check
// The canvas: an inert iframe below the SVG. It takes over discs and lines when
// it has drawn its first frame; if it is lost, the SVG carries everything.

import { $, el, svgNode } from "../shared/dom.js";
import * as app from "./app.js";
import * as engine from "../shared/engine.js";
import { EXEC, VIEWER } from "../shared/files.js";
import * as pattern from "./pattern.js";
import { recoloured } from "../shared/theme.js";
import { ask, toast } from "./messages.js";

const DRAW_MS = 15_000; // from the program's start to its first picture
const REST_MS = 800;

/** @type {HTMLIFrameElement | null} */
let frame = null;
/** @type {MessagePort | null} */
let port = null;
let running = false;
let losses = 0;
/** The line is free again: the canvas is there, or it will not come. */
let settled = () => {};

/** Loads the canvas. @returns {Promise<void>} when nothing more is loaded for it */
export function load() {
  if (frame) return Promise.resolve();
  frame = el("iframe", { className: "canvas", title: "Fast drawing of the pattern", tabIndex: -1, inert: true, "aria-hidden": "true" });
  const node = /** @type {HTMLIFrameElement} */ (frame);
  node.addEventListener("load", connect);
  node.src = new URL("../../viewer.html", import.meta.url).href;
  $("#drawing").before(node);
  return new Promise((done) => (settled = done));
}

/** A program that draws nothing is given up; one that nobody looks at draws nothing. */
function expect() {
  setTimeout(() => {
    if (running || !frame) return;
    if (document.hidden) document.addEventListener("visibilitychange", expect, { once: true });
    else unload();
  }, DRAW_MS);
}

/** The document of the iframe is there, for the first time or after a reload. */
function connect() {
  if (running) lost();
  port?.close();
  const channel = new MessageChannel();
  port = channel.port1;
  port.onmessage = (event) => receive(event.data);
  frame?.contentWindow?.postMessage({ type: "init", wasm: VIEWER, exec: EXEC }, location.origin, [channel.port2]);
}

/** @param {any} message */
function receive(message) {
  switch (message.type) {
    case "ready":
      port?.postMessage({ type: "style", palette: pattern.palette() });
      expect();
      settled();
      return first();
    case "drawn":
      return message.seq > 0 ? drawn() : undefined;
    case "lost":
      return lost();
    case "failed": // the network went away, or the program did not start
      return unload();
    case "nogl":
      return without();
  }
}

/** Sends the first frame while the whole SVG still covers the canvas. */
function first() {
  pattern.useCanvas({ frame: (marks) => port?.postMessage(marks, [marks]) });
  app.redraw();
}

function drawn() {
  if (running) return;
  running = true;
  pattern.uncover();
  $("#pattern").dataset.stage = "canvas";
  rest();
  if (losses > 0) toast("The graphics were reset by the system. Restored.");
}

/** The canvas is gone for now: the engine's SVG takes its place at once. */
function lost() {
  if (!running) return;
  running = false;
  losses++;
  $("#pattern").dataset.stage = "svg";
  pattern.useCanvas(null);
  app.redraw();
  if (losses > 3) without();
}

function unload() {
  settled();
  port?.close();
  frame?.remove();
  frame = port = null;
  running = false;
  $("#pattern").dataset.stage = "svg";
  pattern.useCanvas(null);
}

function without() {
  unload();
  ask("This device cannot draw the fast view, so a simpler one is used. All numbers are the same.");
  app.redraw();
}

// A canvas may print blank: at rest the whole drawing is kept for paper.
const paper = el("div", { className: "drawing paper", "aria-hidden": "true" });
$("#drawing").after(paper);
let resting = 0;

function rest() {
  clearTimeout(resting);
  if (!running) return;
  resting = setTimeout(async () => {
    const { svg } = await engine.send({ op: "view", draw: "svg", light: true });
    const node = svgNode(svg);
    if (node) paper.replaceChildren(node);
  }, REST_MS);
}
app.newView.listen(rest);

const recolour = () => void (running && port?.postMessage({ type: "style", palette: pattern.palette() }));
recoloured.listen(recolour);
app.newView.listen(recolour);
