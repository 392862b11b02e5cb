// @ts-check
// Native dialogs: Escape closes, focus returns to where it was.

import { button, el } from "../shared/dom.js";

/**
 * A dialog that removes itself when it closes.
 * @param {string} title
 * @param {...(Node | string)} content
 * @returns {HTMLDialogElement}
 */
export function dialog(title, ...content) {
  const heading = el("h2", { id: "dialog-title" }, title);
  const box = el("dialog", { className: "dialog", "aria-labelledby": "dialog-title" });
  box.append(el("header", {}, heading, button("Close", { icon: "x", bare: true, ghost: true, onclick: () => box.close() })), el("div", { className: "dialog-body" }, ...content));
  const from = document.activeElement;
  box.addEventListener("close", () => {
    box.remove();
    // The browser has given the focus back, unless it went elsewhere meanwhile.
    if (from instanceof HTMLElement && (!document.activeElement || document.activeElement === document.body)) from.focus();
  });
  box.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    if (event.target === box) box.close();
  });
  document.body.append(box);
  return box;
}
