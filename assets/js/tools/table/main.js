// @ts-check
// All reflections, in a dialog with a filter, and as CSV.

import { $, $$, button, el } from "../../shared/dom.js";
import { act, newView } from "../../simulator/app.js";
import { listen, order, rowNode, sortable, stop, table } from "../../simulator/rows.js";
import { dialog } from "../dialog.js";
import { copy, saveText } from "../save.js";

const PAGE = 200;

/** All reflections as CSV. */
async function csv() {
  const { file } = await act({ op: "export", kind: "csv" });
  return file;
}

export async function copyCSV() {
  const file = await csv();
  if (file?.text) copy(file.text, `Copied ${file.text.split("\n").filter((l) => l && !l.startsWith("#")).length - 1} rows.`);
}

/** The dialog with all rows. */
export function open() {
  const filter = el("input", { autofocus: true, className: "field", type: "search", placeholder: "Filter, such as {111} or 1-11", "aria-label": "Filter by indices" });
  const caption = el("caption", {});
  const head = $("thead", table).cloneNode(true);
  for (const b of $$("button.sort", head)) b.replaceWith(...b.childNodes);
  const rows = el("tbody");
  const more = button("More rows", { grow: true, onclick: () => load(false) });
  const view = { sort: order.sort, desc: order.desc, offset: 0 };
  let mine = 0;
  const load = async (/** @type {boolean} */ fresh) => {
    const id = ++mine;
    if (fresh) view.offset = 0;
    const { table: part } = await act({ op: "table", ...view, filter: filter.value, limit: PAGE }, { quiet: true });
    if (!part || id !== mine) return;
    const nodes = (part.rows ?? []).map(rowNode);
    if (fresh) rows.replaceChildren(...nodes);
    else rows.append(...nodes);
    stop(rows, rows.firstElementChild);
    view.offset += nodes.length;
    caption.textContent = part.caption;
    more.hidden = view.offset >= part.total;
  };
  sortable(/** @type {HTMLElement} */ (head), (sort, desc) => {
    Object.assign(view, { sort, desc });
    load(true);
  });
  listen(rows);
  let timer = 0;
  filter.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => load(true), 150);
  });
  const save = async () => {
    const file = await csv();
    if (file?.text) saveText(file);
  };
  const box = dialog("Reflections",
    el("div", { className: "row" }, filter, button("Copy CSV", { icon: "copy", onclick: copyCSV }), button("Download CSV", { icon: "download", onclick: save })),
    el("div", { className: "scroller", tabIndex: 0, role: "group", "aria-label": "Table of reflections" }, el("table", {}, caption, head, rows), more));
  box.classList.add("tall");
  // A calculation may end behind the dialog.
  let shown = "";
  const end = newView.listen(({ frame }) => {
    if (shown === (shown = frame.count + frame.of)) return;
    load(true);
  });
  box.addEventListener("close", end);
  box.showModal();
}
