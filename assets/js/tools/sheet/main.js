// @ts-check
// What tables say of the zone axis shown: the engine words it, the page makes
// tables of it. What else looks the same needs the library's list.

import { el, runs } from "../../shared/dom.js";
import { act, now, newView } from "../../simulator/app.js";
import * as panels from "../../simulator/panels.js";
import { table } from "../tables.js";

const box = el("div", { id: "sheet" });
const head = el("h2", { id: "h-sheet", tabIndex: -1 }, "Zone axis");
panels.add("sheet", head, box);
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

newView.listen(refresh);
panels.shown.listen(refresh);
