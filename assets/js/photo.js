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

const image = el("img", { className: "photo", alt: "" });
const picker = el("input", { type: "file", accept: "image/*", hidden: true });
const opacity = el("input", { type: "range", id: "photo-opacity", min: "0", max: "100", value: "50" });
const box = el("div", { className: "stack", hidden: true },
  el("label", { className: "label", for: opacity.id }, "Opacity of the photo"), opacity,
  el("div", { className: "row" },
    button("Match 000, A and B", { icon: "crosshair", grow: true, onclick: calibrate }),
    button("Remove the photo", { icon: "x", bare: true, onclick: remove })));
$("#match").append(picker, box);

/** From pixels of the photo to Å⁻¹ from 000, y down. */
let place = new DOMMatrix();

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
  // The middle of the photo on 000, as large as the pattern's frame.
  const k = Math.min(field.clientWidth / image.naturalWidth, field.clientHeight / image.naturalHeight) / base().k;
  place = new DOMMatrix().scale(k).translate(-image.naturalWidth / 2, -image.naturalHeight / 2);
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

/** Where 000 lies in the frame and how long 1 Å⁻¹ is, pixels. */
function base() {
  const { origin, unit } = /** @type {import('./protocol').Frame} */ (now.frame);
  return { k: scale() * unit, ...toPixels({ x: origin[0], y: origin[1] }) };
}

function draw() {
  if (!image.isConnected) return;
  const { k, x, y } = base();
  image.style.opacity = String(opacity.valueAsNumber / 100);
  image.style.transform = `translate(${x}px,${y}px) scale(${k}) ${place}`;
}
onFrame(draw);
new ResizeObserver(draw).observe(field);

/**
 * The matrix that takes (0, 0), (1, 0) and (0, 1) to three points.
 * @param {Point[]} points
 */
const basis = ([o, a, b]) => new DOMMatrix([a.x - o.x, a.y - o.y, b.x - o.x, b.y - o.y, o.x, o.y]);

/** Whether the three points of a basis lie on one line, or nearly. @param {DOMMatrix} m */
const flat = (m) => !(Math.abs(m.a * m.d - m.b * m.c) > 0.02 * Math.hypot(m.a, m.b) * Math.hypot(m.c, m.d));

/** Has 000, A and B pointed out in the photo and lays them on those of the pattern. */
function calibrate() {
  const points = now.view?.measure.points ?? [];
  if (points.length < 2) return void tell("Measure two spots first. Then point out 000 and both of them in the photo.");
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
  const shown = new DOMMatrix(getComputedStyle(image).transform).inverse();
  /** @param {Point} p relative to the frame, pixels */
  const take = (p) => {
    at = p;
    found.push(shown.transformPoint(p));
    if (found.length < 3) return show();
    end();
    const { k, x, y } = base();
    const to = [{ x: 0, y: 0 }, ...points.map((m) => ({ x: (toPixels(m).x - x) / k, y: (toPixels(m).y - y) / k }))];
    const [photo, pattern] = [basis(found), basis(to)];
    if (flat(photo) || flat(pattern)) return void tell("These three points lie on one line. Measure two spots in different directions.");
    place = pattern.multiply(photo.inverse());
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
