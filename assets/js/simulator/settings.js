// @ts-check
// Microscope, overlays, pattern style, match-the-screen.

import { $, $$, keep, kept } from "../shared/dom.js";
import { act, now, newView } from "./app.js";
import { attach, release, show } from "./field.js";
import { scale } from "./pattern.js";

/** @typedef {import('../shared/protocol').Patch} Patch */

/**
 * Changes settings.
 * @param {Patch} patch
 */
const set = (patch) => act({ op: "set", set: patch });

for (const field of $$("#state .field")) {
  const key = field.name || field.id;
  attach(field, {
    async commit(text) {
      const patch = key === "scale" ? { scale: text, unit: scale() } : { values: { [key]: text } };
      const reply = await act({ op: "set", set: patch }, { quiet: true });
      return { fault: reply.fields?.[key] ?? reply.error ?? "" };
    },
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
  if (!(preset instanceof HTMLButtonElement)) return;
  const key = preset.dataset.usual ?? "";
  release($(`#${key}`));
  set({ values: { [key]: preset.value } });
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
  show($("#scale"), (now.view.scale / scale()).toPrecision(3));
}
$("#match").addEventListener("toggle", showScale);
newView.listen(showScale);
$$("input[type=checkbox]").forEach((box) => (box.autocomplete = "off"));
