// @ts-check
// What leaves the page: text on the clipboard, files.

import { el } from "../shared/dom.js";
import { toast } from "../simulator/messages.js";
import { dialog } from "./dialog.js";

/**
 * Puts text on the clipboard.
 * @param {string} text
 * @param {string} done
 */
export async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    refused(text);
  }
}

/** The clipboard is closed to us: the text is shown selected. @param {string} text */
function refused(text) {
  const field = el("textarea", { className: "field copy", value: text, readOnly: true, rows: 4, "aria-label": "Text to copy" });
  const box = dialog("Copy", el("p", {}, "Copying was blocked. The link is selected; press Ctrl+C."), field);
  box.showModal();
  field.select();
}

/**
 * @param {string} name
 * @param {Blob} blob
 */
export function save(name, blob) {
  const url = URL.createObjectURL(blob);
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 30_000);
}

/** @param {import('../shared/protocol').File} file */
export function saveText(file) {
  save(file.name, new Blob([file.text ?? ""], { type: file.type }));
  toast(file.toast);
}
