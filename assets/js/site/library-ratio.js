// @ts-check
// The index by ratio and angle: its form and its list.

import { $, barred, el } from "../shared/dom.js";
import { match, rows } from "./library-match.js";

/** @typedef {import('./library-match.js').Match} Match */
/** @typedef {import('./library-match.js').Table} Table */

const MOST = 60;

/**
 * Indices with drawn overbars; in fours for hexagonal axes.
 * @param {number[]} h
 * @param {"plane" | "zone" | ""} four
 */
function indices(h, four) {
  let list = h;
  if (four === "plane") list = [h[0], h[1], -h[0] - h[1], h[2]];
  if (four === "zone") {
    list = [2 * h[0] - h[1], 2 * h[1] - h[0], -h[0] - h[1], 3 * h[2]];
    const g = list.reduce(divisor, 0);
    list = list.map((n) => n / g);
  }
  const loose = list.some((n) => Math.abs(n) > 9);
  const out = el("span", { className: "hkl" });
  list.forEach((n, i) => out.append(i && loose ? "\u2009" : "", n < 0 ? barred(String(-n)) : String(n)));
  return out;
}

/** @param {number} a @param {number} b @returns {number} */
const divisor = (a, b) => (b === 0 ? Math.abs(a) : divisor(b, a % b));

/** @param {number[]} u the id of a section on a crystal's page */
const anchor = (u) => `z${u.map((n) => String(n).replace("-", "m")).join("_")}`;

/** @param {string} text a number as people type it, or NaN */
const number = (text) => Number(text.normalize("NFKC").trim().replace(",", ".").replace(/[°.]$/, "").replace("\u2212", "-") || NaN);

/** @type {Promise<Table> | null} */
let loading = null;

/** @param {HTMLFormElement} form */
function setUp(form) {
  const fields = /** @type {Record<string, HTMLInputElement>} */ ({ ratio: $("#ratio-r"), angle: $("#ratio-a"), d: $("#ratio-d"), t: $("#ratio-t") });
  const found = $("#ratio-found");
  const out = $("#ratio-out");

  async function search() {
    const ratio = number(fields.ratio.value);
    const angle = number(fields.angle.value);
    const d = fields.d.value.trim() ? number(fields.d.value) : 0;
    out.hidden = true;
    if (!(ratio > 0) || !(angle >= 0 && angle <= 180) || Number.isNaN(d) || d < 0) {
      found.textContent = "Type a ratio above zero and an angle from 0 to 180 degrees, such as 1.633 and 90.";
      return;
    }
    history.replaceState(null, "", `?ratio=${encodeURIComponent(fields.ratio.value)}&angle=${encodeURIComponent(fields.angle.value)}${d ? `&d=${d}` : ""}${fields.t.value !== "2" ? `&t=${fields.t.value}` : ""}`);
    loading ??= fetch("/library/ratio/table.json").then((r) => (r.ok ? r.json() : Promise.reject(new Error(r.statusText))));
    found.textContent = "Searching…";
    try {
      const table = await loading;
      const part = Number(fields.t.value);
      show(table, match(table, { ratio, angle, d, ratioTol: part / 100, angleTol: part / 2, dTol: part / 100 }), d > 0);
    } catch {
      loading = null;
      found.textContent = "The table could not be loaded. Try again when there is a network.";
    }
  }

  /** @param {Table} table @param {Match[]} list @param {boolean} scaled */
  function show(table, list, scaled) {
    const groups = rows(table, list, scaled);
    const n = list.length;
    found.textContent = n === 0 ? "No zone axis of the library fits. Try a wider tolerance." : `${n === 1 ? "One zone axis fits" : `${n} zone axes fit`}${groups.length < n ? `, in ${groups.length} rows` : ""}${groups.length > MOST ? `; the best ${MOST}` : ""}.`;
    out.hidden = n === 0;
    const link = (/** @type {Match} */ m) => el("a", { href: `/library/${table.crystals[m.crystal][0]}/#${anchor(m.zone)}` }, table.crystals[m.crystal][1]);
    $("tbody", out).replaceChildren(
      ...groups.slice(0, MOST).map((group) => {
        const m = group[0];
        const [, , four, , type] = table.crystals[m.crystal];
        const plane = four ? "plane" : "";
        const d = group.map((g) => g.d).sort((p, q) => p - q);
        const [least, most] = [d[0].toFixed(3), d[d.length - 1].toFixed(3)];
        const who = group.length === 1 ? link(m) : el("details", {}, el("summary", {}, `${type}: ${group.length} crystals`), el("ul", { className: "plain-list" }, ...group.map((g) => el("li", {}, link(g), ` ${g.d.toFixed(3)} Å`))));
        return el("tr", {},
          el("th", { scope: "row" }, who),
          el("td", {}, "[", indices(m.zone, four ? "zone" : ""), "]"),
          el("td", {}, m.ratio.toFixed(3)), el("td", {}, `${m.angle.toFixed(2)}°`), el("td", {}, m.misfit.toFixed(2)),
          el("td", {}, indices(m.a, plane), ", ", indices(m.b, plane)), el("td", {}, least === most ? least : `${least}–${most}`));
      }),
    );
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
  fields.t.addEventListener("change", () => fields.ratio.value && fields.angle.value && search());
  const given = new URLSearchParams(location.search);
  for (const [name, field] of Object.entries(fields)) {
    const value = given.get(name);
    if (value && value.length < 20) field.value = value;
  }
  if (given.get("ratio") && given.get("angle")) search();
}

setUp($("#ratio"));
