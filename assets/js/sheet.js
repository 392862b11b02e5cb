// @ts-check
// What tables say of the zone axis shown: the engine words it, the page makes
// tables of it. What else looks the same needs the library's list.

import { $, el, runs } from "./dom.js";
import { act, now, onView } from "./app.js";
import * as panels from "./panels.js";

/** @typedef {import('./protocol').SheetRow} SheetRow */

const box = el("div", { id: "sheet" });
const head = el("h2", { id: "h-sheet", tabIndex: -1 }, "Zone axis");
$("#panel-sheet").append(head, box);
$("#panel-sheet").setAttribute("aria-labelledby", head.id);
let shown = "";
let asked = 0;
/** @type {Promise<Uint8Array | null> | null} */
let list = null;

/** @param {string} url */
async function load(url) {
  const answer = await fetch(url).catch(() => null);
  return answer?.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
}

async function refresh() {
  if (!now.view || box.offsetParent === null) return;
  const mine = ++asked;
  const show = async (/** @type {Uint8Array | null} */ payload) => {
    const { sheet } = await act({ op: "sheet" }, { quiet: true, payload });
    const text = JSON.stringify(sheet);
    if (!sheet || mine !== asked || text === shown) return sheet;
    shown = text;
    const inside = box.contains(document.activeElement);
    head.replaceChildren(el("span", {}, runs(sheet.title)));
    box.replaceChildren(...sheet.tables.map(table), sheet.link ? el("p", {}, el("a", { href: sheet.link }, runs(sheet.linkText))) : "");
    if (inside) head.focus();
    return sheet;
  };
  const sheet = await show(null);
  if (!sheet?.load) return;
  list ??= load(sheet.load);
  const payload = await list;
  if (!payload) list = null;
  else if (mine === asked) await show(payload);
}

/** @param {import('./protocol').SheetTable} t */
function table(t) {
  const rows = t.rows.map((row) => el("tr", {}, ...row.cells.map((cell, i) => (i ? el("td", {}, runs(cell)) : el("th", { scope: "row" }, first(row))))));
  const heads = el("tr", {}, ...t.heads.map((h) => el("th", { scope: "col" }, runs(h))));
  return el("div", { className: "table-box" },
    el("table", {}, el("caption", { className: "label" }, t.caption), rows.length > 0 && el("thead", {}, heads), el("tbody", {}, ...rows)),
    t.note && el("p", { className: "hint" }, runs(t.note)));
}

/** The cell that names a row, and goes where it leads. @param {SheetRow} row */
function first({ cells: [text], uvw, label, link }) {
  if (link) return el("a", { href: link }, runs(text));
  if (!uvw) return runs(text);
  const go = el("button", { type: "button", className: "sort" }, el("span", { "aria-hidden": "true" }, runs(text)), el("span", { className: "sr" }, label));
  go.addEventListener("click", () => act({ op: "go", uvw, short: true }));
  return go;
}

onView(refresh);
panels.on.show.push(refresh);
