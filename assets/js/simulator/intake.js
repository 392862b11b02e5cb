// @ts-check
// Where crystal files come in: dropped anywhere on the page, chosen, pasted,
// shared with the installed app or opened by it. What reads them is a tool.

import { el } from "../shared/dom.js";
import { pastedName } from "./pasted.js";
import { use } from "./tools.js";

const picker = el("input", { type: "file", accept: ".cif,.mcif,.mmcif,.vasp,.poscar,.xyz,.res,.ins,.pdb,.ent,.json,.svg,text/plain", hidden: true });
const target = el("div", { className: "drop", hidden: true }, el("p", {}, "Drop a CIF file here"), el("small", {}, "CIF files stay on this device."));
document.body.append(picker, target);

/** @param {File} file */
const readFile = (file) => use("files", (files) => files.readFile(file));

/** Lets the person choose a file. */
export const choose = () => picker.click();
picker.addEventListener("change", () => {
  if (picker.files?.[0]) readFile(picker.files[0]);
  picker.value = "";
});

let depth = 0;
const carriesFile = (/** @type {DragEvent} */ e) => e.dataTransfer?.types.includes("Files");
addEventListener("dragenter", (e) => {
  if (!carriesFile(e)) return;
  depth++;
  target.hidden = false;
});
addEventListener("dragleave", (e) => {
  if (carriesFile(e) && --depth <= 0) target.hidden = true;
});
addEventListener("dragover", (e) => carriesFile(e) && e.preventDefault());
addEventListener("drop", (e) => {
  if (!carriesFile(e)) return;
  e.preventDefault();
  depth = 0;
  target.hidden = true;
  const file = e.dataTransfer?.files[0];
  if (file) readFile(file);
});

addEventListener("paste", (e) => {
  const at = /** @type {HTMLElement} */ (e.target);
  if (at.closest?.("input, textarea, dialog")) return;
  const file = e.clipboardData?.files[0];
  const text = e.clipboardData?.getData("text") ?? "";
  const name = pastedName(text);
  if (file) readFile(file);
  else if (name) use("files", (files) => files.read(name, new TextEncoder().encode(text)));
  else return;
  e.preventDefault();
});

const shared = location.hash === "#shared"; // the address is soon that of the pattern

/** Opens a file that another app has shared with the installed one. */
export const takeShared = () => shared && use("files", (files) => files.takeShared());

/** @type {any} */
const queue = /** @type {any} */ (window).launchQueue;
queue?.setConsumer(async (/** @type {any} */ launch) => {
  for (const handle of launch.files ?? []) await readFile(await handle.getFile());
});
