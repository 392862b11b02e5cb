// @ts-check
// A field: an input of which the engine knows the value. What a person types in
// it is theirs until the engine has answered to it (typed.js); what cannot be
// used stays beside its message, and Escape brings back the engine's.

import { el } from "../shared/dom.js";
import { announce } from "./announce.js";
import { Typed } from "./typed.js";

/**
 * What the engine said about a text: fault is what is wrong with it, "" if nothing is.
 * @typedef {{fault: string, [more: string]: any}} Told
 *
 * @typedef {object} Uses
 * @property {(text: string) => Promise<Told>} commit gives a text to the engine
 * @property {boolean} [waits] only the person commits it, by Enter and a button of its form; else leaving it does, too
 * @property {boolean} [empty] no text is a text, too; else it means what the engine says
 * @property {(told: Told | null) => void} [tell] shows what the engine said, null for nothing; else a fault stands below the field
 *
 * @typedef {object} Field
 * @property {(value: string) => void} show sets what the engine says, which is seen unless someone has typed
 * @property {() => Promise<void>} commit
 * @property {() => void} release gives up what was typed
 * @property {(told: Told | null) => void} tell
 * @property {() => boolean} own whether it holds typed text
 */

/** @type {WeakMap<EventTarget, Field>} */
const fields = new WeakMap();

/**
 * Makes a field of an input.
 * @param {HTMLInputElement} input
 * @param {Uses} uses
 * @returns {Field}
 */
export function attach(input, uses) {
  const typed = new Typed(input.defaultValue);
  const words = uses.tell ?? below(input);

  /** @param {Told | null} told */
  const tell = (told) => {
    if (told?.fault) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    words(told);
  };
  const show = () => {
    if (typed.own || input.value === typed.value) return;
    // Who has just come by the Tab key types over all of it.
    const all = document.activeElement === input && input.value !== "" && input.selectionStart === 0 && input.selectionEnd === input.value.length;
    input.value = typed.value;
    if (all) input.select();
  };
  const release = () => {
    typed.release();
    tell(null);
    show();
  };
  const commit = async () => {
    const text = input.value;
    if (text.trim() === "" && !uses.empty) return release();
    const ticket = typed.send();
    const told = await uses.commit(text);
    if (!typed.answer(ticket, !told.fault)) return;
    tell(told);
    if (told.fault) announce(told.fault);
    else show();
  };
  const left = () => {
    if (typed.own && input.value === typed.value) release();
    else if (typed.own && input.value.trim() === "" && !uses.empty) release();
    else if (typed.fresh && !uses.waits) commit();
  };

  input.addEventListener("input", () => typed.type());
  input.addEventListener("change", () => {
    if (!typed.own && input.value !== typed.value) typed.type();
    if (typed.fresh && !uses.waits) commit();
  });
  input.addEventListener("blur", left);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return; // the key is for the input method
    if (event.key === "Escape" && typed.own) release();
    else if (event.key === "Enter" && !uses.waits) typed.own && commit();
    else return;
    event.preventDefault();
  });

  const field = { show: (/** @type {string} */ value) => { typed.value = value; show(); }, commit, release, tell, own: () => typed.own };
  fields.set(input, field);
  if (input.value !== input.defaultValue) {
    typed.type(); // before this script was there
    if (document.activeElement !== input) left();
  }
  return field;
}

/**
 * A line for what is wrong, below the row of an input.
 * @param {HTMLInputElement} input
 * @returns {(told: Told | null) => void}
 */
function below(input) {
  const line = el("p", { className: "error", id: `${input.id}-error`, hidden: true });
  let above = input.closest(".row, .cols") ?? input;
  while (above.nextElementSibling?.matches(".error")) above = above.nextElementSibling;
  above.after(line);
  input.setAttribute("aria-describedby", line.id);
  return (told) => {
    line.textContent = told?.fault ?? "";
    line.hidden = !told?.fault;
    if (told?.fault && document.activeElement === input) line.scrollIntoView({ block: "nearest" }); // small windows
  };
}

/**
 * Sets what the engine says.
 * @param {HTMLInputElement} input
 * @param {string} value
 */
export const show = (input, value) => fields.get(input)?.show(value);

/** Gives up what was typed: the person has chosen something else. @param {HTMLInputElement} input */
export const release = (input) => fields.get(input)?.release();

/** Whether a key that undoes means the text. @param {EventTarget | null} target */
export function edited(target) {
  if (!(target instanceof HTMLInputElement)) return target instanceof HTMLTextAreaElement;
  const field = fields.get(target);
  return field ? field.own() : /^(text|search)$/.test(target.type) && target.value !== "";
}
