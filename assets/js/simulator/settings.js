// @ts-check
// Microscope, overlays, pattern style, match-the-screen.

import { $, $$, el, keep, kept } from "../shared/dom.js";
import { act, now, newView } from "./app.js";
import { scale } from "./pattern.js";
import { setField } from "./render.js";

/** @typedef {import('../shared/protocol').Patch} Patch */

/**
 * Changes settings and shows which were refused.
 * @param {Patch} patch
 */
export async function set(patch) {
  const reply = await act({ op: "set", set: patch }, { quiet: true });
  const errors = reply.fields ?? {};
  for (const key of [...Object.keys(patch.values ?? {}), ...(patch.scale === undefined ? [] : ["scale"])])
    fault(key, errors[key] ?? (reply.ok ? "" : reply.error ?? ""));
  return reply;
}

/**
 * @param {string} id
 * @param {string} text
 */
function fault(id, text) {
  const line = $(`#${id}-error`);
  const field = $(`#${id}`);
  if (!line) return;
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

for (const field of $$("#state .field")) {
  field.addEventListener("change", () => {
    delete field.dataset.typing;
    set(field.id === "scale" ? { scale: field.value, unit: scale() } : { values: { [field.name]: field.value } });
  });
  // What is wrong with it stands below its row.
  let above = field.closest(".row, .cols");
  while (above.nextElementSibling?.matches(".error")) above = above.nextElementSibling;
  above.after(el("p", { className: "error", id: `${field.id}-error`, hidden: true }));
  field.setAttribute("aria-describedby", `${field.id}-error`);
}

const form = $("#state");
form.addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  const field = document.activeElement;
  if (field instanceof HTMLInputElement) field.dispatchEvent(new Event("change", { bubbles: true }));
});

form.addEventListener("change", (/** @type {Event} */ event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  switch (input.type) {
    case "checkbox":
      return void set({ values: { [input.name]: (input.checked ? "+" : "-") + input.value } }).then(() => input.name === "f" && remember());
    case "radio":
      if (input.name !== "m") return void set({ values: { [input.name]: input.value } });
      return void set({ values: input.value === "rings" ? { w: "r" } : { m: input.value, w: "" } });
  }
});

document.addEventListener("click", (event) => {
  const preset = /** @type {HTMLElement} */ (event.target).closest?.("[data-usual]");
  if (preset instanceof HTMLButtonElement) set({ values: { [preset.dataset.usual ?? ""]: preset.value } });
});

/** How the screen of one's microscope shows a pattern is kept on the device. */
function remember() {
  keep("match", now.view?.values.f ?? "");
}

/** Puts on the remembered choice, when the link says nothing of it. */
export function recall() {
  const match = kept("match");
  if (!match || !now.view || now.view.values.f || new URLSearchParams(location.search).has("f")) return;
  const flags = [...match].filter((c) => "hvrnd".includes(c)).join("");
  if (flags) act({ op: "set", set: { values: { f: flags } } }, { keep: true });
}

/** The scale in nm⁻¹ per pixel follows camera length and the size of the frame. */
export function showScale() {
  if (!now.view) return;
  setField($("#scale"), (now.view.scale / scale()).toPrecision(3));
}
$("#match").addEventListener("toggle", showScale);
newView.listen(showScale);
$$("input[type=checkbox]").forEach((box) => (box.autocomplete = "off"));
