// @ts-check
// Writes a view into the page: every text and number that is always there.

import { $, $$, button, el, fill, runs } from "../shared/dom.js";
import { main } from "./pattern.js";
import { follow, newFrame, newView } from "./app.js";
import { show } from "./field.js";

/** @typedef {import('../shared/protocol').View} View */
/** @typedef {import('../shared/protocol').Frame} Frame */

const zone = $("#zone");
const rotation = $("#rotation");
const snap = $("#snap");
const hint = $("#zone-hint");
const chipRows = $$('[data-part="chips"]');
const legend = $('[data-part="legend"]');

newFrame.listen((frame) => {
  fill("hud-zone", frame.zone);
  fill("hud-off", frame.offAxis);
  fill("count", frame.count);
  fill("of", frame.of);
  fill("near", frame.on ? runs(frame.nearText) : nearText(frame));
  snap.hidden = frame.on;
  show(rotation, frame.rotation);
  show($("#cl"), frame.cl);
});

/** @param {Frame} frame */
function nearText(frame) {
  const out = document.createDocumentFragment();
  out.append(el("b", {}, frame.distance), " from ", el("b", {}, runs(frame.zone)));
  return out;
}

newView.listen((view) => {
  document.title = `${view.title} — Zone axis simulator`;
  fill("heading", view.heading);
  fill("description", view.description);
  fill("phone", view.phone);
  fill("holder", view.holder.note);
  crystal(view);
  orientation(view);
  hud(view);
  settings(view);
  without(view);
  measurement(view);
});

/** @param {View} view */
function crystal(view) {
  const c = view.crystal;
  for (const name of ["crystal-name", "phone-name"]) fill(name, nameNode(c));
  fill("crystal-line", c.line);
  fill("crystal-id", c.source);
  fill("crystal-reference", c.reference ?? "");
  const notes = document.createDocumentFragment();
  for (const note of view.notes ?? []) notes.append(el("p", { className: "hint" }, note));
  fill("notes", notes);
  fill("noted", view.notes?.length ? ` · Note: ${view.notes[0]}` : "");
}

/** @param {import('../shared/protocol').CrystalView} c */
function nameNode(c) {
  const out = document.createDocumentFragment();
  out.append(`${c.name} `, el("span", {}, runs(c.formula)));
  return out;
}

/** @param {View} view */
function orientation(view) {
  show(zone, view.input);
  if (hint.dataset.message === undefined) hint.textContent = view.hint;
  for (const row of chipRows) chips(row, view);
}

/** @param {HTMLElement} row @param {View} view */
function chips(row, view) {
  const list = view.chips ?? [];
  row.toggleAttribute("data-four", view.crystal.fourIndex);
  const old = /** @type {HTMLElement[]} */ ([...row.children]);
  const same = old.length === list.length && list.every((c, i) => old[i].dataset.uvw === c.uvw.join(","));
  if (!same) row.replaceChildren(...list.map(chip));
  list.forEach((c, i) => {
    const node = /** @type {HTMLAnchorElement} */ (row.children[i]);
    node.href = c.link;
    if (c.pressed) node.setAttribute("aria-current", "true");
    else node.removeAttribute("aria-current");
  });
}

/** @param {import('../shared/protocol').Chip} c */
function chip(c) {
  const node = el("a", { className: "chip", href: c.link }, el("span", { "aria-hidden": "true" }, runs(c.text)), el("span", { className: "sr" }, c.label));
  node.dataset.uvw = c.uvw.join(",");
  return node;
}

/** @param {View} view */
function hud(view) {
  main.dataset.pattern = view.values.p;
  main.toggleAttribute("data-negative", view.values.f.includes("n"));
  fill("flags", view.flagsText);
  for (const item of legend.children) {
    const entry = view.legend?.find((e) => item.id === `key-${e.class}`);
    item.hidden = !entry;
    item.lastElementChild.textContent = entry?.text ?? "";
  }
  const bar = $("#scale-bar");
  if (bar) bar.toggleAttribute("hidden", !view.values.o.includes("s"));
  fill("empty", view.empty ?? "");
}

/** @param {View} view */
function settings({ values, off }) {
  /** @type {Record<string, string>} */
  const chosen = { ...values, m: values.w ? "rings" : values.m, p: values.p || styleOfTheme() };
  for (const field of $$("#state .field[name]")) show(field, values[field.name]);
  for (const b of $$("[data-usual]")) b.setAttribute("aria-pressed", String(b.value === values[b.dataset.usual]));
  for (const box of $$("#state [type=checkbox]")) box.checked = values[box.name].includes(box.value);
  for (const dot of $$("#state [type=radio]")) dot.checked = dot.value === chosen[dot.name];
  for (const line of $$("[data-off]")) {
    const key = line.dataset.off;
    const now = off?.find((o) => o.key === key);
    line.textContent = now?.why ?? "";
    line.hidden = !now?.why;
    for (const input of $$(`#state [name="${key}"]:not([type=hidden])`)) input.disabled = !!now && (now.codes ?? input.value).includes(input.value);
  }
}

/** What the picture has no use for is off, and says why. @param {View} view */
function without({ still, holz }) {
  for (const part of $$("[data-turns]")) part.inert = !!still;
  const line = $('[data-part="holz"]');
  line.hidden = !holz;
  line.replaceChildren(runs(holz?.text));
  const action = holz?.action;
  if (action) line.append(" ", button(action.label, { onclick: () => follow(action) }));
}

/** The pattern style that the theme brings. */
export function styleOfTheme() {
  const theme = document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  return { light: "film", dark: "screen", lab: "phosphor" }[theme] ?? "film";
}

/** @param {View} view */
function measurement(view) {
  const m = view.measure;
  fill("measure-count", m.empty ? "" : m.count);
  $("#measure-actions").hidden = !!m.empty;
  $("#between").checked = !!m.between;
  $("#between").parentNode.hidden = !!view.values.w;
  if (m.empty) return fill("measure", el("p", { className: "empty" }, m.empty));
  const head = el("tr", {}, ...["Spot", "hkl", "d (Å)"].map((t) => el("th", { scope: "col" }, t)), el("th", { scope: "col" }, "1/d (nm", el("sup", {}, "−1"), ")"));
  const rows = (m.points ?? []).map((p) =>
    el("tr", {},
      el("th", { scope: "row" }, el("span", { className: `key key-${p.letter === "A" ? "a" : "b"}` }, p.letter ?? "")),
      el("td", {}, runs(p.label)), el("td", {}, p.d), el("td", {}, p.invD)),
  );
  const out = document.createDocumentFragment();
  out.append(el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows)));
  const tiles = [];
  if (m.angle) tiles.push(tile("angle A to B", m.angle));
  if (m.ratio) tiles.push(tile("ratio B / A", m.ratio));
  if (m.spacing) tiles.push(tile("between A and B (Å)", m.spacing));
  if (tiles.length) out.append(el("dl", { className: "tiles" }, ...tiles));
  const families = (m.points ?? []).filter((p) => p.family?.length);
  if (families.length) out.append(el("p", { className: "hint" }, ...families.flatMap((p, i) => [i ? ", " : "", `${p.letter}: family `, runs(p.family)])));
  return fill("measure", out);
}

/** @param {string} name @param {string} value */
const tile = (name, value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));

