// @ts-check
// What leaves the page: text on the clipboard, files.

import { el } from "../shared/dom.js";
import { saved } from "../simulator/app.js";
import { ask, toast } from "../simulator/messages.js";
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

/** The page runs as an app on a phone, where a download is hard to find again. */
const asApp = () => (matchMedia("(display-mode: standalone)").matches || /** @type {any} */ (navigator).standalone === true) && matchMedia("(pointer: coarse)").matches;

/**
 * Saves a file: through the share sheet where the page is installed on a phone
 * and the browser has one for such files, else as a download.
 * @param {string} name
 * @param {Blob} blob
 * @param {string} [done] what to say then
 */
export async function save(name, blob, done = `Saved ${name}.`) {
  const files = [new File([blob], name, { type: blob.type })];
  if (asApp() && navigator.canShare?.({ files })) {
    try {
      await navigator.share({ files });
      saved.emit(name);
      return toast(done);
    } catch (/** @type {any} */ error) {
      if (error.name === "AbortError") return; // the person has changed their mind
      // A picture that took long: the browser wants to be touched once more.
      if (error.name === "NotAllowedError" && !navigator.userActivation?.isActive) return ask(`${name} is ready.`, { label: "Save it", run: () => save(name, blob, done) });
    }
  }
  const url = URL.createObjectURL(blob);
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 30_000);
  saved.emit(name);
  toast(done);
}

/** @param {import('../shared/protocol').File} file */
export const saveText = (file) => save(file.name, new Blob([file.text ?? ""], { type: file.type }), file.toast);
