// @ts-check
// The tilt plan: where the holder stands, where it should go, what it can reach.

import { $, el, keep, kept, plain, runs } from "../../shared/dom.js";
import { act, now, newView } from "../../simulator/app.js";
import { attach, show } from "../../simulator/field.js";
import * as panels from "../../simulator/panels.js";
import { ask } from "../../simulator/messages.js";
import { load } from "../../simulator/tools.js";
import { table } from "../tables.js";

/** @typedef {import('../../shared/protocol').HolderPatch} HolderPatch */

const ANGLES = /** @type {const} */ (["alpha", "beta", "limitAlpha", "limitBeta", "axis"]);
const KEPT = /** @type {const} */ (["limitAlpha", "limitBeta", "axis", "flipAlpha", "flipBeta"]);

const box = el("div", { id: "plan" });
panels.add("tilt", el("h2", { id: "h-tilt" }, "Tilt plan"), box);
const answer = el("div", { className: "plan-answer", "aria-live": "off" });
const nearest = el("div", {});

/** @param {string} name @param {string} label */
function field(name, label) {
  const input = el("input", { className: "field", id: `holder-${name}`, inputMode: "text", autocomplete: "off" });
  return el("div", {}, el("label", { className: "label", for: input.id }, label), el("div", { className: "unit" }, input, el("span", {}, "°")));
}

/** @param {string} name @param {string} label */
function check(name, label) {
  const input = el("input", { type: "checkbox", id: `holder-${name}` });
  input.addEventListener("change", () => change({ [name]: input.checked }).then((fault) => fault && ask(fault)));
  return el("label", { className: "check" }, input, label);
}

const target = el("input", { className: "field zone", id: "target", "aria-label": "Target zone axis", autocomplete: "off", spellcheck: false, placeholder: "111" });
const form = el("form", { className: "row" }, target, el("button", { className: "btn primary" }, "Plan"));
form.addEventListener("submit", (/** @type {Event} */ event) => {
  event.preventDefault();
  aim.commit();
});

box.append(
  el("div", { className: "cols" }, field("alpha", "α now"), field("beta", "β now")),
  form, answer, nearest,
  el("details", { className: "fold" }, el("summary", {}, "Holder settings"),
    el("div", { className: "cols" }, field("limitAlpha", "Limit of α"), field("limitBeta", "Limit of β")),
    el("div", { className: "cols" }, field("axis", "α axis on the screen")),
    el("div", { className: "checks" }, check("flipAlpha", "Turn the sign of α"), check("flipBeta", "Turn the sign of β"))),
);

/** Changes the holder. @param {HolderPatch} patch @returns {Promise<string>} what is wrong with it */
async function change(patch) {
  const reply = await act({ op: "set", set: { holder: patch } }, { quiet: true });
  if (reply.ok) remember();
  return Object.values(reply.fields ?? {})[0] ?? reply.error ?? "";
}

for (const name of ANGLES) attach($(`#holder-${name}`), { commit: async (text) => ({ fault: await change({ [name]: text }) }) });

/** The target that the plan is for. */
let wanted = "";

const aim = attach(target, {
  waits: true,
  empty: true,
  async commit(text) {
    const fault = await plan(text.trim(), true);
    if (!fault) aim.show(wanted);
    return { fault };
  },
});

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

/**
 * Asks for the plan of the target, or of the nearest zones.
 * @param {string} [text] the target
 * @param {boolean} [aimed] it has just been typed
 * @returns {Promise<string>} what is wrong with the target
 */
async function plan(text = wanted, aimed = false) {
  if (!now.view || box.offsetParent === null) return "";
  if (!remembered) {
    remembered = true;
    const holder = recall();
    if (holder) await act({ op: "set", set: { holder } }, { quiet: true, keep: true });
  }
  const reply = await act({ op: "tiltplan", text }, { quiet: true });
  if (!aimed && text !== wanted) return "";
  const p = reply.plan;
  if (!p) return plain(reply.zone?.message) || (reply.error ?? "");
  wanted = text;
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
  return "";
}

/** Plans anew. A target that the crystal does not have any more says so. */
async function follow() {
  const fault = await plan();
  if (fault) answer.replaceChildren(el("p", { className: "error" }, fault));
}

/** @param {string} name @param {string} value */
const tile = (name, value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));

/** @param {import('../../shared/protocol').PlanZone[]} list */
function zones(list) {
  const rows = list.map((z) => ({ cells: [z.text, z.alpha, z.beta, z.travel], uvw: z.uvw, label: `Plan ${z.label}` }));
  return table({ caption: "Nearest zones within reach", heads: ["Zone", "α", "β", "Tilt"], rows }, (uvw) => {
    aim.release();
    aim.show((wanted = uvw.join(" ")));
    plan();
  });
}

newView.listen((view) => {
  const h = view.holder;
  for (const name of ANGLES) show($(`#holder-${name}`), h[name]);
  $("#holder-flipAlpha").checked = h.flipAlpha;
  $("#holder-flipBeta").checked = h.flipBeta;
  follow();
});
panels.shown.listen(follow);
