// @ts-check
// Microscope, overlays, pattern style, match-the-screen.

import { $, $$, keep, kept } from "../shared/dom.js";
import { act, now, newView } from "./app.js";
import { attach, release, show } from "./field.js";
import { toast } from "./messages.js";
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

// Before the address becomes that of the state.
const link = location.search + location.hash;

/**
 * The remembered choice. On a plain visit the pattern is turned over as on one's own
 * screen, and says so. A link shows what its sender saw, which is what they wrote
 * about: it is left as it is, and the own screen is one button away.
 */
export function recall() {
  const match = kept("match");
  const mine = [...match].filter((c) => "hvrnd".includes(c)).join("");
  if (!mine || !now.view || now.view.values.f === mine || new URLSearchParams(link).has("f")) return;
  const turn = (/** @type {string} */ f) => act({ op: "set", set: { values: { f } } }, link ? {} : { keep: true });
  if (link) return void toast("Shown as the link has it, not as on your screen.", { label: "Match my screen", run: () => turn(mine) });
  turn(mine);
  toast("Turned over as on your screen.", { label: "Show it plain", run: () => turn("") });
}

/** The scale in nm⁻¹ per pixel follows camera length and the size of the frame. */
export function showScale() {
  if (!now.view) return;
  show($("#scale"), (now.view.scale / scale()).toPrecision(3));
}
$("#match").addEventListener("toggle", showScale);
newView.listen(showScale);
$$("input[type=checkbox]").forEach((box) => (box.autocomplete = "off"));
