// @ts-check
// The crystals there are: those of the engine and those kept on this device.

import { button, el, runs } from "../../shared/dom.js";
import { finder } from "../../shared/find.js";
import { act } from "../../simulator/app.js";
import { dialog } from "../dialog.js";
import { choose } from "../../simulator/intake.js";
import { use } from "../../simulator/tools.js";
import { save } from "../save.js";
import * as store from "../../shared/store.js";
import { toast } from "../../simulator/messages.js";

/** Opens the dialog. */
export async function open() {
  const filter = el("input", { autofocus: true, className: "field", type: "search", placeholder: "Name, formula, elements or space group", "aria-label": "Filter the crystals" });
  const kept = el("div", {});
  const list = el("ul", { className: "plain-list crystals" });
  const said = el("p", { className: "hint", role: "status" });
  const box = dialog("Crystals", el("div", { className: "row" }, filter), el("div", { className: "scroller" }, el("h3", {}, "On this device"), kept, el("h3", {}, "Library"), said, list));
  box.classList.add("tall");

  const look = async () => {
    const text = filter.value.trim();
    const search = await finder().catch(() => null);
    if (text !== filter.value.trim()) return; // typed on
    const { rows, nearest } = search && text ? search.find(text) : { rows: search?.index.rows ?? [], nearest: "" };
    list.replaceChildren(...rows.map(({ id, name, show: [formula, group] }) => item(name, formula, group, () => act({ op: "crystal", id: `lib-${id}` }))));
    const count = rows.length === 1 ? "One crystal." : `${rows.length} crystals.`;
    if (!search) said.textContent = "The library could not be loaded. Type to try again.";
    else if (!text) said.textContent = "";
    else if (nearest) said.textContent = `Nothing is called “${text}”. Did you mean ${nearest}? ${count}`;
    else said.textContent = rows.length ? count : `No match for “${text}” in the library.`;
  };
  /** @param {string} name @param {any} formula @param {any} group @param {() => any} run @param {Node} [extra] */
  const item = (name, formula, group, run, extra) => {
    const b = el("button", { type: "button", className: "crystal-item" }, el("b", {}, name), " ", el("span", {}, runs(formula)), el("small", {}, runs(group)));
    b.addEventListener("click", () => { box.close(); run(); });
    return el("li", {}, b, extra ?? "");
  };
  const own = async () => {
    const all = await store.all().catch(() => null);
    if (!all) return kept.replaceChildren(el("p", { className: "hint" }, "This browser did not let us save for offline use. The simulator works while this tab stays open."));
    if (!all.length) return kept.replaceChildren(el("p", { className: "hint" }, "Crystals you open are kept on this device and appear here."), tools(false));
    const rows = all.map((c) => item(c.name, c.formula, c.group, () => use("files", (files) => files.openKept(c)), button(`Delete ${c.name}`, { icon: "trash-2", bare: true, ghost: true, onclick: async () => { await store.remove(c.id); own(); } })));
    return kept.replaceChildren(el("ul", { className: "plain-list crystals" }, ...rows), tools(true));
  };
  const tools = (/** @type {boolean} */ some) => el("div", { className: "row" },
    button("Import", { icon: "upload", onclick: () => { box.close(); choose(); } }),
    some ? button("Export all", { icon: "download", onclick: async () => save("zoneaxis-crystals.json", await store.exportAll()) }) : "");

  filter.addEventListener("input", look);
  look();
  own();
  box.showModal();
}
