// @ts-check
// Microscope, overlays, pattern style, match-the-screen.

import { $, $$, keep, kept } from "../shared/dom.js";
import { act, now, newView } from "./app.js";
import { scale } from "./pattern.js";
import { setField } from "./render.js";

/** @typedef {import('../shared/protocol').Patch} Patch */

/** The fields of the form by the name that the engine gives them. */
const FIELDS = { kv: "kv", cl: "cl", t: "thickness", scale: "scale" };

/**
 * Changes settings and shows which were refused.
 * @param {Patch} patch
 */
export async function set(patch) {
  const reply = await act({ op: "set", set: patch }, { quiet: true });
  const errors = reply.fields ?? {};
  for (const [id, name] of Object.entries(FIELDS)) {
    if (/** @type {any} */ (patch)[name] === undefined) continue;
    fault(id, errors[name] ?? errors[id] ?? (reply.ok ? "" : reply.error ?? ""));
  }
  return reply;
}

/**
 * @param {string} id
 * @param {string} text
 */
function fault(id, text) {
  const line = $(`#${id}-error`);
  const field = $(`#${id}`);
  line.textContent = text;
  line.hidden = !text;
  if (text) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

// A field that someone types in is left alone until it is done.
document.addEventListener("input", (event) => {
  const target = event.target;
  if (target instanceof HTMLInputElement && target.matches(".field")) target.dataset.typing = "";
});
document.addEventListener("focusout", (event) => {
  const target = event.target;
  if (target instanceof HTMLInputElement && target.id !== "zone") delete target.dataset.typing;
});

for (const [id, name] of Object.entries(FIELDS)) {
  $(`#${id}`).addEventListener("change", (/** @type {Event} */ event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    delete field.dataset.typing;
    set(name === "scale" ? { scale: field.value, unit: scale() } : { [name]: field.value });
  });
}

const form = $("#state");
form.addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  const field = document.activeElement;
  if (field instanceof HTMLInputElement) field.dispatchEvent(new Event("change", { bubbles: true }));
});

form.addEventListener("change", (/** @type {Event} */ event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  switch (input.name) {
    case "o":
      return void set({ overlays: { [input.value]: input.checked } });
    case "f":
      return void set({ flags: { [input.value]: input.checked } }).then(remember);
    case "m":
      return void set(input.value === "rings" ? { rings: true } : { model: input.value, rings: false });
    case "p":
      return void set({ style: input.value });
  }
});

document.addEventListener("click", (event) => {
  const preset = /** @type {HTMLElement} */ (event.target).closest?.("[data-kv]");
  if (preset instanceof HTMLElement) set({ kv: preset.dataset.kv });
});

/** How the screen of one's microscope shows a pattern is kept on the device. */
function remember() {
  keep("match", now.view?.flags ?? "");
}

/** Puts on the remembered choice, when the link says nothing of it. */
export function recall() {
  const match = kept("match");
  if (!match || !now.view || now.view.flags || new URLSearchParams(location.search).has("f")) return;
  const flags = Object.fromEntries([...match].filter((c) => "hvrnd".includes(c)).map((c) => [c, true]));
  if (Object.keys(flags).length) act({ op: "set", set: { flags } }, { keep: true });
}

/** The scale in nm⁻¹ per pixel follows camera length and the size of the frame. */
export function showScale() {
  if (!now.view) return;
  setField($("#scale"), (now.view.scale / scale()).toPrecision(3));
}
$("#match").addEventListener("toggle", showScale);
newView.listen(showScale);
$$("input[type=checkbox]").forEach((box) => (box.autocomplete = "off"));
