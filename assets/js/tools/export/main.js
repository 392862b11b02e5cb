// @ts-check
// Export: the link, and a dialog for PNG, SVG, CSV, JSON, the clipboard, print.

import { $, $$, button, el, page, svgNode } from "../../shared/dom.js";
import { act, now } from "../../simulator/app.js";
import { dialog } from "../dialog.js";
import { copy, save, saveText } from "../save.js";
import { FalsePixels, mustBeTrue } from "./pixels.js";
import { svgPicture } from "./picture.js";
import { ask, toast } from "../../simulator/messages.js";

/** The whole address of the current state. */
export const address = () => new URL(now.link || location.href, location.href).href;

export { copy };

/** Puts the link on the clipboard. */
export const copyLink = () => {
  if (now.view && !now.view.crystal.shareable) ask("This crystal came from a file that is too large for a link. The link opens only where the file is.");
  return copy(address(), "Link copied.");
};

/** @type {[string, string, boolean][]} */
const CHOICES = [["labels", "Indices", true], ["bar", "Scale bar", true], ["legend", "Legend", true], ["caption", "Caption with crystal, zone, voltage and link", true], ["clear", "Transparent background", false], ["outlines", "Text as outlines (SVG)", false]];

/** @param {HTMLElement} form @returns {import('../../shared/protocol').ExportOptions} */
function options(form) {
  const chosen = Object.fromEntries($$("input[type=checkbox]", form).map((b) => [b.name, b.checked]));
  return { ...chosen, style: $("select[name=style]", form).value, origin: location.origin, version: page.build ?? "" };
}

/** @param {HTMLElement} form */
async function picture(form) {
  const reply = await act({ op: "export", kind: "svg", export: options(form) });
  const text = reply.svg || reply.file?.text;
  return reply.file && text ? { file: reply.file, svg: text } : null;
}

/** @param {HTMLElement} form @param {number} times */
async function png(form, times) {
  const made = await picture(form);
  if (!made) return null;
  const blob = await svgPicture(made.svg, times);
  return { name: made.file.name.replace(/\.svg$/, ".png"), blob };
}

/** @param {() => Promise<any>} run @param {() => void} [instead] saves as SVG */
const guarded = (run, instead) => () => run().catch((error) => failed(error, `The picture could not be made. ${error.message}`, instead));

/**
 * @param {Error} error
 * @param {string} text
 * @param {() => void} [instead]
 */
const failed = (error, text, instead) => (error instanceof FalsePixels && instead ? ask(error.message, { label: "Save SVG", run: instead }) : ask(text));

/** The link as a QR code, for the phone beside the microscope. */
async function showQR() {
  const { svg, ok } = await act({ op: "qr", text: address() });
  const node = ok && svg ? svgNode(svg) : null;
  if (node) dialog("QR code of this link", node, el("p", { className: "hint" }, address())).showModal();
}

/** Opens the dialog. */
export function open() {
  const select = (/** @type {string} */ name, /** @type {string} */ label, /** @type {[string, string][]} */ list) =>
    el("label", { className: "check" }, `${label} `, el("select", { className: "field", name }, ...list.map(([value, text]) => el("option", { value }, text))));
  const form = el("form", { className: "export" },
    el("div", { className: "checks" }, ...CHOICES.map(([name, text, on]) => el("label", { className: "check" }, el("input", { type: "checkbox", name, checked: on }), text))),
    el("div", { className: "cols" },
      select("style", "Style", [["film", "Film"], ["screen", "Screen"], ["phosphor", "Phosphor"]]),
      select("times", "PNG size", [["1", "1×"], ["2", "2×"], ["4", "4×"]])));
  $("select[name=times]", form).value = "2";
  const times = () => Number($("select[name=times]", form).value);
  const savePNG = async () => {
    const made = await png(form, times());
    if (made) await save(made.name, made.blob);
  };
  const saveSVG = async () => {
    const made = await picture(form);
    if (made) await saveText({ ...made.file, text: made.svg });
  };
  const copyPNG = async () => {
    mustBeTrue(); // the clipboard has errors of its own
    // Safari wants the promise, not its result.
    const item = new ClipboardItem({ "image/png": png(form, times()).then((made) => made?.blob ?? new Blob()) });
    await navigator.clipboard.write([item]);
    toast("Image copied.");
  };
  const table = (/** @type {string} */ kind) => async () => {
    const { file } = await act({ op: "export", kind, export: options(form) });
    if (file?.text) await saveText(file);
  };
  const box = dialog("Export", form,
    el("div", { className: "grid" },
      button("Save PNG", { icon: "image", primary: true, onclick: guarded(savePNG, guarded(saveSVG)) }),
      button("Save SVG", { icon: "download", onclick: guarded(saveSVG) }),
      button("Copy image", { icon: "copy", onclick: () => copyPNG().catch((error) => failed(error, "Copying the image was blocked. Save it instead.", guarded(saveSVG))) }),
      button("CSV", { icon: "table", onclick: guarded(table("csv")) }),
      button("JSON", { icon: "download", onclick: guarded(table("json")) }),
      button("QR code", { icon: "qr-code", onclick: guarded(showQR) }),
      button("Print", { icon: "printer", onclick: () => { box.close(); print(); } })),
    el("p", { className: "hint" }, "Drop a saved SVG on the page to get this view back."));
  form.addEventListener("submit", (/** @type {Event} */ e) => e.preventDefault());
  box.showModal();
}
