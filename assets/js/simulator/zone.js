// @ts-check
// The zone-axis field: what was typed goes to the engine, which words the
// message. Enter and Go move; 600 ms without typing only check.

import { $, button, plain, runs } from "../shared/dom.js";
import { act, follow, now } from "./app.js";
import { attach } from "./field.js";

const CHECK_MS = 600;

const input = $("#zone");
const hint = $("#zone-hint");
let timer = 0;
let asked = 0;

/**
 * What the engine said about a text.
 * @param {import('../shared/protocol').Reply} reply
 */
function told({ zone, error, action }) {
  if (zone) return { fault: zone.ok ? "" : plain(zone.message), message: zone.message, action: zone.action };
  return { fault: error ?? "", message: error && [{ t: error }], action };
}

const field = attach(input, {
  waits: true,
  commit: async (text) => {
    stop();
    return told(await act({ op: "zone", text }, { quiet: true }));
  },
  tell(told) {
    stop();
    hint.classList.toggle("error", !!told?.fault);
    if (!told?.message?.length) {
      delete hint.dataset.message;
      hint.dataset.default = "";
      hint.textContent = now.view?.hint ?? hint.textContent;
      return;
    }
    hint.dataset.message = "";
    delete hint.dataset.default;
    hint.replaceChildren(runs(told.message));
    const { action } = told;
    if (action) hint.append(" ", button(action.label, { onclick: () => { field.release(); follow(action); } }));
  },
});

/** No text is to be checked any more. */
function stop() {
  clearTimeout(timer);
  asked++;
}

async function check() {
  const mine = ++asked;
  const reply = await act({ op: "parse", text: input.value }, { quiet: true });
  if (mine === asked) field.tell(told(reply));
}

input.addEventListener("input", () => {
  stop();
  if (input.value.trim() === "") field.tell(null);
  else timer = setTimeout(check, CHECK_MS);
});

$("#zone-form").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  field.commit();
});

document.addEventListener("click", (event) => {
  const chip = /** @type {HTMLElement} */ (event.target).closest?.(".chip[data-uvw]");
  if (!(chip instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  field.release();
  const uvw = /** @type {[number, number, number]} */ ((chip.dataset.uvw ?? "").split(",").map(Number));
  act({ op: "go", uvw });
});
