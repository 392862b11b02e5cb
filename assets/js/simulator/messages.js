// @ts-check
// Short messages at the foot of the page: toast() confirms and goes by itself,
// ask() stays until it is answered, or until later ones take its place. Both are announced to assistive technology;
// what is for that alone goes to announce() directly.

import { $, button, el } from "../shared/dom.js";
import { announce } from "./announce.js";

/** @typedef {{label: string, run: () => void}} Act */

const SHOWN_MS = 6000;

const box = el("section", { className: "toasts", "aria-label": "Messages" });
$("#app").after(box);

/**
 * Shows a confirmation for six seconds; longer while pointed at or focused.
 * @param {string} text
 * @param {Act} [action]
 */
export function toast(text, action) {
  return raise(text, action ? [action] : [], SHOWN_MS);
}

/**
 * Shows a message that waits for one of its answers or for its cross; without
 * answers, as an error that nothing can be done about, for twelve seconds.
 * @param {string} text
 * @param {...(Act | undefined | null)} actions
 */
export function ask(text, ...actions) {
  const given = actions.filter((a) => !!a);
  return raise(text, given, given.length ? 0 : 12_000, true);
}

/**
 * @param {string} text
 * @param {(Act | null | undefined)[]} actions
 * @param {number} ms 0 stays
 * @param {boolean} [closable]
 */
function raise(text, actions, ms, closable = false) {
  for (const old of [...box.children]) if (old.dataset.text === text) old.remove();
  // No more than three: confirmations give way first, then the oldest question.
  while (box.children.length > 2) ([...box.children].find((old) => old.dataset.passing !== undefined) ?? box.firstElementChild).remove();
  const node = el("div", { className: "toast" }, el("p", {}, text));
  node.dataset.text = text;
  if (ms) node.dataset.passing = "";
  const close = () => node.remove();
  for (const action of actions) {
    if (!action) continue;
    node.append(button(action.label, { onclick: () => { close(); action.run(); } }));
  }
  if (closable) node.append(button("Close", { icon: "x", bare: true, ghost: true, onclick: close }));
  box.append(node);
  announce(text);
  if (ms) {
    let timer = setTimeout(close, ms);
    const stop = () => clearTimeout(timer);
    const go = () => { stop(); timer = setTimeout(close, ms); };
    for (const name of ["pointerenter", "focusin"]) node.addEventListener(name, stop);
    for (const name of ["pointerleave", "focusout"]) node.addEventListener(name, go);
  }
  return close;
}
