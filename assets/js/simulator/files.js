// @ts-check
// Crystal files: dropped anywhere on the page, chosen, pasted, or opened with
// the installed app. They are read here and never leave the device.

import { button, el, plain, runs } from "../shared/dom.js";
import { act, now, newView, show } from "./app.js";
import { fetched } from "../shared/crystals.js";
import { dialog } from "./dialog.js";
import * as store from "../shared/store.js";
import { ask, toast } from "./messages.js";

const LIMIT = 5 * 1024 * 1024;

const picker = el("input", { type: "file", accept: ".cif,.mcif,.vasp,.poscar,.xyz,.json,.svg,text/plain", hidden: true });
const target = el("div", { className: "drop", hidden: true }, el("p", {}, "Drop a CIF file here"), el("small", {}, "CIF files stay on this device."));
document.body.append(picker, target);

/** Lets the person choose a file. */
export const choose = () => picker.click();
picker.addEventListener("change", () => {
  if (picker.files?.[0]) readFile(picker.files[0]);
  picker.value = "";
});

/** @param {File} file */
export async function readFile(file) {
  if (file.size > LIMIT) return ask(`This file is ${Math.round(file.size / 1048576)} MB. The limit is 5 MB.`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  return read(file.name, bytes);
}

/**
 * Opens the content of a file.
 * @param {string} name
 * @param {Uint8Array} bytes
 */
export async function read(name, bytes) {
  const text = bytes.length < 2_000_000 && bytes[0] === 0x7b ? new TextDecoder().decode(bytes) : "";
  if (text.includes('"zoneaxis-crystals-1"')) {
    const n = await store.importAll(text).catch(() => -1);
    return n >= 0 ? toast(`Imported ${n} crystals.`) : ask("This browser did not let us keep crystals on the device.");
  }
  const reply = await act({ op: "read", name }, { payload: bytes, quiet: true });
  if (reply.choices?.length) return pick(name, bytes, reply.choices);
  if (!reply.ok) return show(reply, { op: "read", name });
  return keep(name, bytes);
}

/**
 * A file with several structures.
 * @param {string} name
 * @param {Uint8Array} bytes
 * @param {import('../shared/protocol').Choice[]} choices
 */
function pick(name, bytes, choices) {
  const list = el("ul", { className: "plain-list choices" });
  const box = dialog(`This file has ${choices.length} structures. Which one?`, list);
  for (const choice of choices) {
    const b = button(choice.title || plain(choice.formula) || `Structure ${choice.block + 1}`, { grow: true });
    if (choice.formula?.length) b.append(" ", el("small", {}, runs(choice.formula)));
    b.addEventListener("click", async () => {
      box.close();
      const reply = await act({ op: "read", name, block: choice.block });
      if (reply.ok) keep(name, bytes);
    });
    list.append(el("li", {}, b));
  }
  box.showModal();
}

/**
 * Keeps a file on the device.
 * @param {string} name
 * @param {Uint8Array} bytes
 */
async function keep(name, bytes) {
  const c = now.view?.crystal;
  if (!c) return;
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", /** @type {BufferSource} */ (bytes)));
  const id = `file-${[...sum.slice(0, 6)].map((b) => b.toString(16).padStart(2, "0")).join("")}`;
  await store.put({ id, name: c.name, formula: plain(c.formula), group: plain(c.group), file: name, at: Date.now(), bytes }).catch(() => {});
}

/**
 * Opens a crystal that is kept.
 * @param {store.Kept} kept
 */
export function openKept(kept) {
  if (kept.file) return read(kept.file, kept.bytes);
  return act({ op: "crystal", id: kept.id }, { payload: kept.bytes });
}

newView.listen((view) => {
  const c = view.crystal;
  const bytes = fetched.get(c.id);
  if (!bytes) return;
  fetched.delete(c.id);
  store.put({ id: c.id, name: c.name, formula: plain(c.formula), group: plain(c.group), file: "", at: Date.now(), bytes }).catch(() => {});
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
  if (file) readFile(file);
  else if (/^\s*data_|_cell_length_a/m.test(text)) read("pasted.cif", new TextEncoder().encode(text));
  else return;
  e.preventDefault();
});

const shared = location.hash === "#shared"; // the address is soon that of the pattern

/** Opens a file that another app has shared with the installed one. */
export async function takeShared() {
  if (!shared) return;
  const prefs = await caches.open("zoneaxis-prefs");
  const kept = await prefs.match("/shared");
  if (!kept) return;
  await prefs.delete("/shared");
  await read(decodeURIComponent(kept.headers.get("X-Name") ?? "shared.cif"), new Uint8Array(await kept.arrayBuffer()));
}

/** @type {any} */
const queue = /** @type {any} */ (window).launchQueue;
queue?.setConsumer(async (/** @type {any} */ launch) => {
  for (const handle of launch.files ?? []) await readFile(await handle.getFile());
});
