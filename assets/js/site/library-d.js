// @ts-check
// The index by spacing: finds the crystals that have all the spacings typed.

import { $, $$, el } from "../shared/dom.js";

const MOST = 40;

const form = $("#spacing");
const field = /** @type {HTMLInputElement} */ ($("#d-list"));
const tolerance = /** @type {HTMLSelectElement} */ ($("#d-tol"));
const found = $("#d-found");
const hits = $("#d-hits");

/** @type {Map<string, {name: string, ds: number[]}>} */
const crystals = new Map();
for (const row of $$(".spacings tbody tr")) {
  const link = $("a", row);
  const href = link.getAttribute("href") ?? "";
  const entry = crystals.get(href) ?? { name: link.textContent ?? "", ds: /** @type {number[]} */ ([]) };
  entry.ds.push(Number(row.cells[0].textContent));
  crystals.set(href, entry);
}

/**
 * How far the spacings of a crystal are from those measured: the root mean
 * square of the relative deviations, or null if one of them is missing.
 * @param {number[]} ds
 * @param {number[]} measured
 * @param {number} within
 * @returns {{misfit: number, matched: number[]} | null}
 */
export function compare(ds, measured, within) {
  let sum = 0;
  const matched = [];
  for (const m of measured) {
    const best = ds.reduce((a, b) => (Math.abs(b / m - 1) < Math.abs(a / m - 1) ? b : a));
    const off = best / m - 1;
    if (Math.abs(off) > within) return null;
    sum += off * off;
    matched.push(best);
  }
  return { misfit: Math.sqrt(sum / measured.length), matched };
}

function search() {
  const measured = (field.value.replace(/(\.\d*),(?=\d)/g, "$1 ").replace(/,(?=\d)/g, ".").match(/\d*\.?\d+/g) ?? []).map(Number).filter((d) => d > 0.1);
  if (measured.length === 0) {
    hits.replaceChildren();
    found.textContent = field.value.trim() ? "Type spacings in Å, such as 3.14 1.92 1.64." : "";
    return;
  }
  const list = [];
  for (const [href, { name, ds }] of crystals) {
    const fit = compare(ds, measured, Number(tolerance.value) / 100);
    if (fit) list.push({ href, name, ...fit });
  }
  list.sort((a, b) => a.misfit - b.misfit);
  const what = measured.length === 1 ? "this spacing" : `all ${measured.length} spacings`;
  found.textContent =
    list.length === 0 ? `No crystal of the library has ${what} among its largest ten.` : `${list.length === 1 ? "One crystal has" : `${list.length} crystals have`} ${what}${list.length > MOST ? `; the best ${MOST}` : ""}:`;
  hits.replaceChildren(
    ...list.slice(0, MOST).map((h) => el("li", {}, el("a", { href: h.href }, h.name), " ", el("span", {}, `${h.matched.map((d) => d.toFixed(3)).join(", ")} Å; off by ${(100 * h.misfit).toFixed(1)} %`))),
  );
}

form.addEventListener("submit", (/** @type {Event} */ event) => event.preventDefault());
field.addEventListener("input", search);
tolerance.addEventListener("change", search);
if (field.value) search();
