// @ts-check
// What tables say of the zone axis shown: the engine words it, the page makes
// tables of it. What else looks the same needs the library's list.

import { $, el, runs } from "../shared/dom.js";
import { act, now, newView } from "./app.js";
import * as panels from "./panels.js";

/** @typedef {import('../shared/protocol').Text} Text */

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
    box.replaceChildren(...sheet.tables.map((t) => table(t)), sheet.link ? el("p", {}, el("a", { href: sheet.link }, runs(sheet.linkText))) : "");
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

/**
 * A table of the engine's.
 * @param {{caption: string, heads: (Text | string)[], rows: {cells: (Text | string)[], uvw?: number[], label?: string, link?: string}[], note?: Text}} t
 * @param {(uvw: any) => void} [go] what a zone axis in the first column does
 */
export function table({ caption, heads, rows, note }, go = (uvw) => act({ op: "go", uvw, short: true })) {
  /** The cell that names a row, and goes where it leads. @param {typeof rows[0]} row */
  const first = ({ cells: [text], uvw, label, link }) => {
    if (link) return el("a", { href: link }, runs(text));
    if (!uvw) return runs(text);
    return el("button", { type: "button", className: "sort", onclick: () => go(uvw) }, el("span", { "aria-hidden": "true" }, runs(text)), el("span", { className: "sr" }, label));
  };
  const body = rows.map((row) => el("tr", {}, el("th", { scope: "row" }, first(row)), ...row.cells.slice(1).map((cell) => el("td", {}, runs(cell)))));
  const head = body.length > 0 && el("thead", {}, el("tr", {}, ...heads.map((h) => el("th", { scope: "col" }, runs(h)))));
  return el("div", { className: "table-box" }, el("table", {}, el("caption", { className: "label" }, caption), head, el("tbody", {}, ...body)), note && el("p", { className: "hint" }, runs(note)));
}

newView.listen(refresh);
panels.shown.listen(refresh);
