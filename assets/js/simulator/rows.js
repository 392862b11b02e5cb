// @ts-check
// The first reflections, beside the pattern. A row in focus rings its spot, Enter
// brings it to the middle. All of them are a tool (tools/table).

import { $, $$, el, runs } from "../shared/dom.js";
import { named } from "../shared/keyboard.js";
import { act, now, newFrame, newView } from "./app.js";

/** @typedef {import('../shared/protocol').Row} Row */

const FIRST = 20;

export const table = $("#rows");
const body = $("tbody", table);
/** How the first rows are sorted. */
export let order = { sort: "i", desc: true };

/** Turns heads into buttons that sort. @param {HTMLElement} head @param {(sort: string, desc: boolean) => void} sort */
export function sortable(head, sort) {
  for (const th of $$("th[data-sort]", head)) {
    const b = el("button", { type: "button", className: "sort" });
    b.append(...[...th.childNodes].filter((n) => n.nodeName !== "SMALL"));
    th.prepend(b);
    b.addEventListener("click", () => {
      const on = th.getAttribute("aria-sort");
      const desc = on === "descending" ? false : on === "ascending" ? true : th.dataset.sort !== "hkl" && th.dataset.sort !== "g";
      for (const other of $$("th[data-sort]", head)) other.removeAttribute("aria-sort");
      th.setAttribute("aria-sort", desc ? "descending" : "ascending");
      sort(th.dataset.sort, desc);
    });
  }
}

/** @param {Row} row */
export function rowNode(row) {
  const tr = el("tr", { tabIndex: -1 }, el("th", { scope: "row" }, runs(row.label)), el("td", {}, row.d), el("td", {}, row.invD), el("td", {}, row.i), el("td", {}, row.multiplicity ?? row.s));
  tr.dataset.hkl = row.hkl.join(",");
  return tr;
}

/** @param {Event} event @returns {[number, number, number] | null} */
function hklOf(event) {
  const tr = /** @type {HTMLElement} */ (event.target).closest?.("tr[data-hkl]");
  return tr instanceof HTMLElement ? /** @type {any} */ ((tr.dataset.hkl ?? "").split(",").map(Number)) : null;
}

/** One row is a stop for the Tab key; arrows go to the others. @param {HTMLElement} rows @param {Element | null} row */
export function stop(rows, row) {
  for (const other of rows.children) /** @type {HTMLElement} */ (other).tabIndex = other === row ? 0 : -1;
}

/** @param {HTMLElement} rows */
export function listen(rows) {
  rows.addEventListener("focusin", (event) => {
    const hkl = hklOf(event);
    if (!hkl) return;
    stop(rows, /** @type {HTMLElement} */ (event.target));
    act({ op: "select", hkl }, { keep: true });
  });
  rows.addEventListener("keydown", (event) => {
    const hkl = hklOf(event);
    const tr = /** @type {HTMLElement} */ (event.target);
    if (!hkl || tr.tagName !== "TR") return;
    const to = { ArrowDown: tr.nextElementSibling, ArrowUp: tr.previousElementSibling }[event.key];
    if (to instanceof HTMLElement) to.focus();
    else if (event.key === "Enter") act({ op: "centre", hkl });
    else if (named(event) === "m") act({ op: "measure", hkl });
    else return;
    event.preventDefault();
  });
  rows.addEventListener("dblclick", (event) => {
    const hkl = hklOf(event);
    if (hkl) act({ op: "centre", hkl });
  });
}

let asked = 0;

// Between two views the rows are those of the first.
newFrame.listen(() => table.setAttribute("aria-busy", "true"));

async function refresh() {
  const view = now.view;
  if (!view) return;
  for (const th of $$('[data-sort="s"], [data-sort="m"]', table)) th.hidden = (th.dataset.sort === "m") !== !!view.values.w;
  let rows = view.rows ?? [];
  if (order.sort !== "i" || !order.desc) {
    const mine = ++asked;
    const reply = await act({ op: "table", ...order, limit: FIRST }, { quiet: true });
    if (mine !== asked || !reply.table) return;
    rows = reply.table.rows ?? [];
  }
  const keys = rows.map((r) => r.hkl.join(","));
  const focused = document.activeElement;
  const at = focused instanceof HTMLElement && body.contains(focused) ? focused.dataset.hkl : undefined;
  body.replaceChildren(...rows.map(rowNode));
  const selected = view.detail?.hkl?.join(",");
  for (const tr of body.children) tr.toggleAttribute("data-selected", tr.dataset.hkl === selected);
  stop(body, (at ? body.children[keys.indexOf(at)] : null) ?? body.firstElementChild);
  if (at && keys.includes(at)) body.children[keys.indexOf(at)].focus({ preventScroll: true });
  table.removeAttribute("aria-busy");
}

sortable($("thead", table), (sort, desc) => {
  order = { sort, desc };
  refresh();
});
listen(body);

// Paper gets the strongest, whatever the screen is sorted by, and the link.
addEventListener("beforeprint", () => {
  asked++; // rows that are under way come too late
  body.replaceChildren(...(now.view?.rows ?? []).map(rowNode));
  $("#pattern").dataset.address = location.href;
});
addEventListener("afterprint", refresh);
newView.listen(refresh);
