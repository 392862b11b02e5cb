// @ts-check
// The tilt plan: where the holder stands, where it should go, what it can reach.

import { $, el, keep, kept, runs } from "../../shared/dom.js";
import { act, now, newView } from "../../simulator/app.js";
import * as panels from "../../simulator/panels.js";
import { setField } from "../../simulator/render.js";
import { load } from "../../simulator/tools.js";
import { table } from "../tables.js";

/** @typedef {import('../../shared/protocol').HolderPatch} HolderPatch */

const KEPT = /** @type {const} */ (["limitAlpha", "limitBeta", "axis", "flipAlpha", "flipBeta"]);

const box = el("div", { id: "plan" });
panels.add("tilt", el("h2", { id: "h-tilt" }, "Tilt plan"), box);
const error = el("p", { className: "error", hidden: true });
const answer = el("div", { className: "plan-answer", "aria-live": "off" });
const nearest = el("div", {});

/** @param {string} name @param {string} label @param {string} unit */
function field(name, label, unit = "°") {
  const input = el("input", { className: "field", id: `holder-${name}`, inputMode: "text", autocomplete: "off" });
  input.addEventListener("change", () => {
    delete input.dataset.typing;
    change({ [name]: input.value });
  });
  return el("div", {}, el("label", { className: "label", for: input.id }, label), el("div", { className: "unit" }, input, el("span", {}, unit)));
}

/** @param {string} name @param {string} label */
function check(name, label) {
  const input = el("input", { type: "checkbox", id: `holder-${name}` });
  input.addEventListener("change", () => change({ [name]: input.checked }));
  return el("label", { className: "check" }, input, label);
}

const target = el("input", { className: "field zone", id: "target", "aria-label": "Target zone axis", autocomplete: "off", spellcheck: false, placeholder: "111" });
const form = el("form", { className: "row" }, target, el("button", { className: "btn primary" }, "Plan"));
form.addEventListener("submit", (/** @type {Event} */ event) => {
  event.preventDefault();
  plan();
});

box.append(
  el("div", { className: "cols" }, field("alpha", "α now"), field("beta", "β now")),
  form, error, answer, nearest,
  el("details", { className: "fold" }, el("summary", {}, "Holder settings"),
    el("div", { className: "cols" }, field("limitAlpha", "Limit of α"), field("limitBeta", "Limit of β")),
    el("div", { className: "cols" }, field("axis", "α axis on the screen")),
    el("div", { className: "checks" }, check("flipAlpha", "Turn the sign of α"), check("flipBeta", "Turn the sign of β"))),
);

/** @param {HolderPatch} patch */
async function change(patch) {
  const reply = await act({ op: "set", set: { holder: patch } }, { quiet: true });
  const faults = Object.values(reply.fields ?? {});
  error.textContent = faults[0] ?? (reply.ok ? "" : reply.error ?? "");
  error.hidden = !error.textContent;
  if (reply.ok) remember();
  return reply;
}

/** What a microscope's holder is like is kept on the device. */
function remember() {
  const h = now.view?.holder;
  if (h) keep("holder", JSON.stringify(Object.fromEntries(KEPT.map((k) => [k, h[k]]))));
}

/** Puts on the remembered holder. */
export function recall() {
  try {
    const holder = JSON.parse(kept("holder") || "null");
    if (holder && !now.view?.holder.on && !new URLSearchParams(location.search).has("h")) return holder;
  } catch {
    // Nothing that can be read: the defaults stay.
  }
  return null;
}

let remembered = false;
let planned = "";

/** Asks for the plan of the target in the field, or of the nearest zones. */
async function plan() {
  if (!now.view || box.offsetParent === null) return;
  if (!remembered) {
    remembered = true;
    const holder = recall();
    if (holder) await act({ op: "set", set: { holder } }, { quiet: true, keep: true });
  }
  const text = target.value.trim();
  const reply = await act({ op: "tiltplan", text }, { quiet: true });
  if (!reply.plan) {
    answer.replaceChildren(reply.zone?.message?.length ? el("p", { className: "error" }, runs(reply.zone.message)) : reply.error ? el("p", { className: "error" }, reply.error) : "");
    if (text) return;
  }
  const p = reply.plan;
  if (!p) return;
  if (text !== planned) load("views").then((views) => views.later(), () => {}); // the way there, in the stereogram
  planned = text;
  const parts = [];
  if (text) {
    if (p.reachable) parts.push(el("dl", { className: "tiles" }, tile("α", p.alpha ?? ""), tile("β", p.beta ?? "")));
    if (p.message?.length) parts.push(el("p", { className: "hint" }, runs(p.message)));
    if (p.check) parts.push(el("p", { className: "hint" }, p.check));
  }
  answer.replaceChildren(...parts);
  nearest.replaceChildren(...(p.nearest?.length ? [zones(p.nearest)] : []));
}

/** @param {string} name @param {string} value */
const tile = (name, value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));

/** @param {import('../../shared/protocol').PlanZone[]} list */
function zones(list) {
  const rows = list.map((z) => ({ cells: [z.text, z.alpha, z.beta, z.travel], uvw: z.uvw, label: `Plan ${z.label}` }));
  return table({ caption: "Nearest zones within reach", heads: ["Zone", "α", "β", "Tilt"], rows }, (uvw) => {
    target.value = uvw.join(" ");
    plan();
  });
}

newView.listen((view) => {
  const h = view.holder;
  for (const name of ["alpha", "beta", "limitAlpha", "limitBeta", "axis"]) setField($(`#holder-${name}`), /** @type {any} */ (h)[name] ?? "");
  $("#holder-flipAlpha").checked = h.flipAlpha;
  $("#holder-flipBeta").checked = h.flipBeta;
  plan();
});
panels.shown.listen(plan);
