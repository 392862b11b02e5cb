// @ts-check
// The drawing in its frame: which stage paints it, and where a pointer is in
// it. The stages are the server's SVG, the engine's SVG, and the canvas with an
// SVG of what the canvas does not draw.

import { $, el, runs, svgNode } from "../shared/dom.js";
import { signal } from "../shared/signal.js";

export const field = $("#field");
export const main = $("#pattern");
const drawing = $("#drawing");

const HALF = 420;

/** @type {{frame: (marks: ArrayBuffer, seq: number) => void} | null} */
let canvas = null;
/** Until the canvas has drawn, the whole SVG lies over it. */
let covered = true;
/** @type {Node | null} */
let beneath = null;
let size = { width: 1, height: 1, left: 0, top: 0 };

let fit = 1;

/** Marks and letters should be drawn in another size. @type {import('../shared/signal.js').Signal<[]>} */
export const resized = signal();

/** What a request should ask the engine to draw, and how large letters will be. */
export const how = () => ({ draw: canvas ? "canvas" : "svg", size: fit });

/** Screen pixels per view-box unit. */
export const scale = () => Math.max(size.width, size.height) / (2 * HALF);

/**
 * The view-box position of a pointer.
 * @param {{clientX: number, clientY: number}} at
 */
export function toUnits(at) {
  const k = scale();
  return {
    x: (at.clientX - size.left - size.width / 2) / k,
    y: (at.clientY - size.top - size.height / 2) / k,
  };
}

/**
 * The position on the screen, relative to the pattern's frame, of a view-box point.
 * @param {{x: number, y: number}} at
 */
export function toPixels(at) {
  const k = scale();
  return { x: at.x * k + size.width / 2, y: at.y * k + size.height / 2 };
}

/** Reads the frame's place on the screen again: before a gesture. */
export function measure() {
  const { width, height, left, top } = field.getBoundingClientRect();
  size = { width: Math.max(width, 1), height: Math.max(height, 1), left, top };
  // Letters at their own size, but not so large that they hide the spots.
  const was = fit;
  fit = Math.min(Math.max(1 / scale(), 0.7), 1.55);
  if (Math.abs(fit - was) > 0.02) resized.emit();
  drawing.style.setProperty("--fit", String(fit));
}

/**
 * Shows a drawing.
 * @param {string} svg
 * @param {ArrayBuffer | null} marks a wire frame for the canvas
 * @param {number} seq number of the request that it answers
 * @param {import('../shared/protocol').Frame} [frame]
 */
export function paint(svg, marks, seq, frame) {
  const node = svg ? svgNode(svg) : null;
  if (node && marks && covered) beneath = node;
  else if (node) drawing.replaceChildren(node);
  if (marks && canvas) canvas.frame(marks, seq);
  if (!frame) return;
  bar(frame.bar);
  if (node) name(frame.hud);
}

let named = "";

/**
 * Says in the corner what the picture shows, together with it.
 * @param {import('../shared/protocol').Text[] | null} lines
 */
function name(lines) {
  const text = JSON.stringify(lines);
  if (text === named) return;
  named = text;
  $("#hud").replaceChildren(...(lines ?? []).map((line) => el("p", {}, runs(line))));
}

/** The canvas shows its first frame: the SVG drops what both of them draw. */
export function uncover() {
  covered = false;
  if (beneath) drawing.replaceChildren(beneath);
  beneath = null;
}

/**
 * Sets the length and label of the scale bar.
 * @param {import('../shared/protocol').Bar} value
 */
function bar(value) {
  const svg = $("#scale-bar");
  if (!svg || !value) return;
  const [line, group, text] = [$("path", svg), $("g", svg), $("text", svg)];
  const d = `M-${value.units} 0H0`;
  if (line.getAttribute("d") === d) return;
  line.setAttribute("d", d);
  group.setAttribute("transform", `scale(.5) translate(-${value.units} -16)`);
  text.replaceChildren(
    ...(value.label ?? []).map((run) => {
      if (!run.sup) return document.createTextNode(run.t);
      const up = document.createElementNS("http://www.w3.org/2000/svg", "tspan");
      up.setAttribute("dy", "-5");
      up.setAttribute("font-size", "10");
      up.textContent = run.t;
      return up;
    }),
  );
}

/**
 * Hands the lines and discs to the canvas, or takes them back with null.
 * @param {{frame: (marks: ArrayBuffer, seq: number) => void} | null} painter
 */
export function useCanvas(painter) {
  canvas = painter;
  covered = true;
  beneath = null;
}

/** The colours of the pattern style in use, in the order of wire.Class. */
export function palette() {
  const style = getComputedStyle(drawing);
  return ["bg", "spot", "kikuchi", "holz", "double", "forbidden", "a", "b", "second"].map((name) => hex(style.getPropertyValue(`--p-${name}`).trim()));
}

/**
 * A style sheet's minifier may have shortened #RRGGBB to #RGB or a name.
 * @param {string} colour
 */
function hex(colour) {
  if (/^#[0-9a-f]{6}$/i.test(colour)) return colour;
  const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  pen.fillStyle = colour;
  return String(pen.fillStyle);
}

new ResizeObserver(measure).observe(field);
addEventListener("scroll", measure, { passive: true });
measure();
