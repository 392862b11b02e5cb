// @ts-check
// The crystal search: a combobox over what is kept on this device, the library
// and, on request, the Materials Project.

import { $, button, el, runs } from "../../shared/dom.js";
import { act, now } from "../../simulator/app.js";
import { finder } from "../../shared/find.js";
import { searchOnline } from "../../shared/crystals.js";
import * as store from "../../shared/store.js";
import { announce } from "../../simulator/announce.js";
import { ask } from "../../simulator/messages.js";
import { use } from "../../simulator/tools.js";

/** @typedef {{id: string, name: string, formula: any, group: any, cell: string, badge: string, run: () => any}} Row */

const WAIT_MS = 90;
const MOST = 12; // crystals of the library
const MP = /^(?:mp[- ]?)?(\d{1,8})$|^mp-[a-z]{1,9}$/i;

const form = $("#search");
const input = $("#find");
const list = el("div", { className: "list", id: "find-list", role: "listbox", "aria-label": "Crystals", hidden: true });
const note = el("div", { className: "list-note", hidden: true });
const popup = el("div", { className: "popup", hidden: true }, list, note);
form.append(popup);
input.setAttribute("role", "combobox");
input.setAttribute("aria-expanded", "false");
input.setAttribute("aria-controls", "find-list");
input.setAttribute("aria-autocomplete", "list");

/** @type {Row[]} */
let rows = [];
let chosen = -1;
let chosenId = ""; // what is chosen stays so when an answer comes again
let timer = 0;
let asked = 0;

/** Opens the search: on a phone it fills the screen. */
export function open() {
  form.dataset.open = "";
  if (document.activeElement !== input) {
    input.focus();
    input.select(); // what someone types while this script comes stays
  }
  look();
}

/** Closes the list; on a phone also the search. */
export function close() {
  asked++;
  popup.hidden = list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
  delete form.dataset.open;
  chosen = -1;
  chosenId = "";
  const opener = $(".crystal-button");
  if (opener.offsetParent && form.contains(document.activeElement)) opener.focus();
}

async function look() {
  const mine = ++asked;
  const text = input.value.trim();
  const [kept, search] = await Promise.all([store.all().catch(() => []), finder().catch(() => null)]);
  if (mine !== asked || document.activeElement !== input) return;
  const own = kept.filter((k) => matches(k, text)).slice(0, text ? 4 : 6).map(keptRow);
  const hits = text ? search?.find(text) : { rows: search?.index.rows ?? [], nearest: "" };
  const found = (hits?.rows ?? []).slice(0, MOST).map(hitRow);
  const ids = new Set(own.map((r) => r.id));
  rows = [...own, ...found.filter((r) => !ids.has(r.id))];
  const mp = MP.exec(text);
  if (mp) {
    const id = mp[1] ? `mp-${Number(mp[1])}` : text.toLowerCase();
    if (!rows.some((r) => r.id === id)) rows.push({ id, name: `Get ${id} from the Materials Project`, formula: "", group: "", cell: "", badge: "Online", run: () => act({ op: "crystal", id }) });
  }
  show(text, hits ? hits.nearest : null);
}

/** @param {store.Kept} k @param {string} text */
function matches(k, text) {
  const low = text.toLowerCase();
  return [k.name, k.formula, k.id, k.group].some((t) => t.toLowerCase().includes(low));
}

/** @param {store.Kept} k @returns {Row} */
const keptRow = (k) => ({ id: k.id, name: k.name, formula: k.formula, group: k.group, cell: "", badge: "Saved", run: () => use("files", (files) => files.openKept(k)) });

/** @param {import('../../shared/find.js').Row} h @returns {Row} */
const hitRow = ({ id, name, show: [formula, group, cell] }) => ({ id: `lib-${id}`, name, formula, group, cell, badge: "Library", run: () => act({ op: "crystal", id: `lib-${id}` }) });

/** @param {string} text @param {string | null} nearest what was meant, perhaps; null if the library could not be searched */
function show(text, nearest) {
  list.replaceChildren(...rows.map(option));
  list.hidden = rows.length === 0;
  note.replaceChildren(...footer(text, nearest));
  note.hidden = note.childElementCount === 0;
  popup.hidden = list.hidden && note.hidden;
  input.setAttribute("aria-expanded", String(!list.hidden));
  choose(chosenId ? rows.findIndex((row) => row.id === chosenId) : -1);
  announce(nearest ? `${note.textContent} ${count()}` : rows.length ? count() : note.textContent);
}

const count = () => (rows.length === 1 ? "One crystal found." : `${rows.length} crystals found.`);

/** @param {Row} row @param {number} i */
function option(row, i) {
  const node = el("div", { role: "option", id: `find-${i}`, className: "option", "aria-selected": "false" },
    el("span", { className: "option-name" }, row.name, " ", el("span", {}, runs(row.formula))),
    el("span", { className: "option-cell" }, runs(row.group), row.cell ? ` ${row.cell}` : ""),
    el("span", { className: "option-badge" }, row.badge));
  node.dataset.i = String(i);
  return node;
}

/** What stands below the hits. @param {string} text @param {string | null} nearest */
function footer(text, nearest) {
  const parts = [];
  const online = navigator.onLine;
  if (nearest) {
    const other = button(nearest, { onclick: () => { input.value = nearest; input.focus(); look(); } });
    parts.push(el("p", {}, `No match for “${text}” in the library. Did you mean `, other, "?"));
  } else if (nearest === null) parts.push(el("p", {}, "The library could not be searched. Type again to try again."));
  else if (rows.length === 0) {
    parts.push(el("p", {}, `No match for “${text}” in the library.`));
    if (!online) parts.push(el("p", {}, "You are offline, so only the library and saved crystals can be searched."));
  }
  if (online && text && /^[A-Z0-9().]+$/i.test(text) && /[a-z]/i.test(text) && !MP.test(text))
    parts.push(button("Search the Materials Project", { icon: "search", onclick: () => online && searchMP(text) }));
  return parts;
}

/** @param {string} text */
async function searchMP(text) {
  const mine = ++asked;
  note.replaceChildren(el("p", {}, "Searching the Materials Project…"));
  try {
    const hits = await searchOnline(text);
    if (mine !== asked) return;
    const known = new Set(rows.map((r) => r.id));
    rows.push(...hits.filter((h) => !known.has(h.id)).map((h) => ({ ...h, name: h.id, cell: "", badge: "Online", run: () => act({ op: "crystal", id: h.id }) })));
    show(text, "");
    if (hits.length === 0) note.replaceChildren(el("p", {}, `The Materials Project has nothing under “${text}”.`));
    note.hidden = false;
    input.focus();
  } catch (error) {
    ask(/** @type {Error} */ (error).message);
  }
}

/** @param {number} i */
function choose(i) {
  chosen = i;
  chosenId = rows[i]?.id ?? "";
  for (const node of list.children) node.setAttribute("aria-selected", String(Number(node.dataset.i) === i));
  const node = list.children[i];
  if (node) {
    input.setAttribute("aria-activedescendant", node.id);
    node.scrollIntoView({ block: "nearest" });
  } else input.removeAttribute("aria-activedescendant");
}

/** @param {number} i */
async function take(i) {
  const row = rows[i];
  if (!row) return;
  close();
  input.value = "";
  if (document.activeElement === input) $("#field").focus({ preventScroll: true });
  const reply = await row.run();
  if (reply?.ok !== false) announce(now.view?.heading ?? "");
}

input.addEventListener("input", () => {
  choose(-1);
  clearTimeout(timer);
  timer = setTimeout(look, WAIT_MS);
});
input.addEventListener("focus", () => look());
input.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
  const n = rows.length;
  if (event.key === "ArrowDown" && n) choose((chosen + 1) % n);
  else if (event.key === "ArrowUp" && n) choose((chosen - 1 + n) % n);
  else if (event.key === "Escape") {
    if (popup.hidden) input.value = "";
    close();
  } else return;
  event.preventDefault();
});
/** Takes what is chosen, or else the first that is found. */
export function submit() {
  clearTimeout(timer);
  if (chosen >= 0) take(chosen);
  else look().then(() => (rows.length ? take(0) : undefined));
}

list.addEventListener("pointerdown", (/** @type {Event} */ e) => e.preventDefault());
list.addEventListener("click", (/** @type {MouseEvent} */ event) => {
  const node = /** @type {HTMLElement} */ (event.target).closest(".option");
  if (node instanceof HTMLElement) take(Number(node.dataset.i));
});
if (document.activeElement === input) look(); // typed before this script was there
form.addEventListener("focusout", (/** @type {FocusEvent} */ event) => {
  if (!form.contains(/** @type {Node | null} */ (event.relatedTarget))) close();
});
