// @ts-check
// A photo or scan of a pattern behind the drawing, to compare with. It lies on
// the screen as the camera saw it and goes along with zoom and position; three
// points that are known in both, 000 and the measured A and B, put it in place.

import { $, button, el } from "./dom.js";
import { now, onFrame } from "./app.js";
import { field, main, measure, scale, toPixels, toUnits } from "./pattern.js";
import { say } from "./status.js";
import { tell } from "./toast.js";

/** @typedef {{x: number, y: number}} Point */
/** @typedef {[number, number, number, number, number, number]} Matrix as CSS writes it */

const image = el("img", { className: "photo", alt: "" });
const picker = el("input", { type: "file", accept: "image/*", hidden: true });
const opacity = el("input", { type: "range", id: "photo-opacity", min: "0", max: "100", value: "50" });
const box = el("div", { className: "stack", hidden: true },
  el("label", { className: "label", for: opacity.id }, "Opacity of the photo"), opacity,
  el("div", { className: "row" },
    button("Match 000, A and B", { icon: "crosshair", grow: true, onclick: calibrate }),
    button("Remove the photo", { icon: "x", bare: true, onclick: remove })));
$("#match").append(picker, box);

/** From pixels of the photo to Å⁻¹ from 000, y down. @type {Matrix} */
let place = [1, 0, 0, 1, 0, 0];

/** Asks for a file. */
export const open = () => picker.click();

picker.addEventListener("change", async () => {
  const file = picker.files?.[0];
  picker.value = "";
  if (!file) return;
  URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(file);
  const read = await image.decode().then(() => true, () => false);
  if (!read) return void tell("This file is not a picture that the browser can read. Save it as PNG or JPEG first.");
  const { frame } = now;
  if (!frame) return;
  // The middle of the photo on 000, as large as the pattern's frame.
  const k = Math.min(field.clientWidth / image.naturalWidth, field.clientHeight / image.naturalHeight) / (scale() * frame.unit);
  place = [k, 0, 0, k, (-k * image.naturalWidth) / 2, (-k * image.naturalHeight) / 2];
  $("#drawing").before(image);
  box.hidden = false;
  draw();
});

opacity.addEventListener("input", draw);

function remove() {
  URL.revokeObjectURL(image.src);
  image.remove();
  box.hidden = true;
}

function draw() {
  const { frame } = now;
  if (!frame || !image.isConnected) return;
  const k = scale() * frame.unit;
  const at = toPixels({ x: frame.origin[0], y: frame.origin[1] });
  image.style.opacity = String(opacity.valueAsNumber / 100);
  image.style.transform = `matrix(${place.map((v, i) => v * k + (i === 4 ? at.x : i === 5 ? at.y : 0)).join()})`;
}
onFrame(draw);
new ResizeObserver(draw).observe(field);

/**
 * The matrix that takes three points to three others; null if the first lie on
 * one line.
 * @param {Point[]} from
 * @param {Point[]} to
 * @returns {Matrix | null}
 */
export function through(from, to) {
  const [o, a, b] = from;
  const det = (a.x - o.x) * (b.y - o.y) - (b.x - o.x) * (a.y - o.y);
  const size = Math.hypot(a.x - o.x, a.y - o.y) * Math.hypot(b.x - o.x, b.y - o.y);
  if (!(Math.abs(det) > 0.02 * size)) return null;
  const [p, q, r] = to;
  const row = (/** @type {"x" | "y"} */ c) => {
    const u = ((q[c] - p[c]) * (b.y - o.y) - (r[c] - p[c]) * (a.y - o.y)) / det;
    const v = ((r[c] - p[c]) * (a.x - o.x) - (q[c] - p[c]) * (b.x - o.x)) / det;
    return [u, v, p[c] - u * o.x - v * o.y];
  };
  const [x, y] = [row("x"), row("y")];
  return [x[0], y[0], x[1], y[1], x[2], y[2]];
}

/** Has 000, A and B pointed out in the photo and lays them on those of the pattern. */
function calibrate() {
  const points = now.view?.measure.points ?? [];
  const { frame } = now;
  if (points.length < 2 || !frame) return void tell("Measure two spots first. Then point out 000 and both of them in the photo.");
  const names = ["000", "A", "B"];
  /** @type {Point[]} */
  const found = [];
  const text = el("p", { className: "hud pill" });
  const aim = el("button", { type: "button", className: "aim" });
  const cover = el("div", { className: "aiming" }, text, aim);
  let at = { x: field.clientWidth / 2, y: field.clientHeight / 2 };
  const show = () => {
    text.textContent = `Point out ${names[found.length]} in the photo. Arrow keys move the mark, Enter sets it, Escape ends.`;
    aim.setAttribute("aria-label", text.textContent);
    aim.style.translate = `${at.x}px ${at.y}px`;
  };
  const end = () => {
    cover.remove();
    field.focus();
  };
  /** @param {Point} p relative to the frame, pixels */
  const take = (p) => {
    at = p;
    const k = scale() * frame.unit;
    const o = toPixels({ x: frame.origin[0], y: frame.origin[1] });
    const [a, b, c, d, e, f] = place;
    const [x, y] = [(p.x - o.x) / k - e, (p.y - o.y) / k - f];
    const det = a * d - b * c;
    found.push({ x: (d * x - c * y) / det, y: (a * y - b * x) / det });
    if (found.length < 3) return show();
    end();
    const to = [{ x: 0, y: 0 }, ...points.slice(0, 2).map((m) => ({ x: (m.x - frame.origin[0]) / frame.unit, y: (m.y - frame.origin[1]) / frame.unit }))];
    const matrix = through(to, found) && through(found, to);
    if (!matrix) return void tell("These three points lie on one line. Measure two spots in different directions.");
    place = matrix;
    draw();
    say("The photo is in place.");
  };
  cover.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    if (event.detail === 0) return take(at); // Enter on the mark
    measure();
    take(toPixels(toUnits(event)));
  });
  cover.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "Escape") end();
    else if (way) at = { x: at.x + way[0] * (event.shiftKey ? 10 : 1), y: at.y + way[1] * (event.shiftKey ? 10 : 1) };
    else return;
    event.preventDefault();
    show();
  });
  main.append(cover);
  show();
  aim.focus();
}
