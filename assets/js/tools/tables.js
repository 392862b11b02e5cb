// @ts-check
// Tables that the engine words.

import { el, runs } from "../shared/dom.js";
import { act } from "../simulator/app.js";

/** @typedef {import('../shared/protocol').Text} Text */

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
