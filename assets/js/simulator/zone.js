// @ts-check
// The zone-axis field: what was typed goes to the engine, which words the
// message. Enter and Go move; 600 ms without typing only check.

import { $, button, runs } from "../shared/dom.js";
import { act, follow, now } from "./app.js";

const CHECK_MS = 600;

const field = $("#zone");
const hint = $("#zone-hint");
let timer = 0;
let asked = 0;

/**
 * Shows what the engine said about the text.
 * @param {import('../shared/protocol').ZoneReply | undefined} zone
 */
function show(zone) {
  const message = zone?.message?.length ? zone.message : null;
  if (!message) return reset();
  hint.dataset.message = "";
  delete hint.dataset.default;
  hint.classList.toggle("error", zone?.ok === false);
  hint.replaceChildren(runs(message));
  const action = zone?.action;
  if (action) hint.append(" ", button(action.label, { onclick: () => { reset(); field.dataset.typing = ""; delete field.dataset.typing; follow(action); } }));
  field.setAttribute("aria-invalid", String(zone?.ok === false));
}

function reset() {
  delete hint.dataset.message;
  hint.dataset.default = "";
  hint.classList.remove("error");
  hint.textContent = now.view?.hint ?? hint.textContent;
  field.removeAttribute("aria-invalid");
}

async function check() {
  const mine = ++asked;
  const { zone } = await act({ op: "parse", text: field.value }, { quiet: true });
  if (mine === asked) show(zone);
}

/** Goes to the zone axis that was typed. */
export async function go() {
  clearTimeout(timer);
  const mine = ++asked;
  const text = field.value;
  delete field.dataset.typing;
  const reply = await act({ op: "zone", text }, { quiet: true });
  if (mine !== asked) return;
  if (reply.zone) show(reply.zone);
  else if (!reply.ok && reply.error) show({ ok: false, message: [{ t: reply.error }], action: reply.action });
  if (reply.ok && now.view) field.value = now.view.input;
  else field.dataset.typing = "";
}

field.addEventListener("input", () => {
  field.dataset.typing = "";
  clearTimeout(timer);
  asked++;
  if (field.value.trim() === "") return reset();
  timer = setTimeout(check, CHECK_MS);
});

field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
  if (event.key !== "Escape" || !now.view) return;
  delete field.dataset.typing;
  field.value = now.view.input;
  clearTimeout(timer);
  asked++;
  reset();
});

field.addEventListener("blur", () => {
  // An untouched or emptied field shows the zone again.
  if (field.value.trim() === "" && now.view) {
    delete field.dataset.typing;
    field.value = now.view.input;
  }
});

$("#zone-form").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  go();
});

document.addEventListener("click", (event) => {
  const chip = /** @type {HTMLElement} */ (event.target).closest?.(".chip[data-uvw]");
  if (!(chip instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  delete field.dataset.typing;
  reset();
  const uvw = /** @type {[number, number, number]} */ ((chip.dataset.uvw ?? "").split(",").map(Number));
  act({ op: "go", uvw });
});
