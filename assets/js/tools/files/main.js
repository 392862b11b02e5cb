// @ts-check
// Reads crystal files, however they came (simulator/intake.js), and keeps them on
// this device, which they never leave.

import { button, el, plain, runs } from "../../shared/dom.js";
import * as engine from "../../shared/engine.js";
import { pack } from "../../shared/fragment.js";
import { act, show } from "../../simulator/app.js";
import { dialog } from "../dialog.js";
import * as store from "../../shared/store.js";
import { ask, toast } from "../../simulator/messages.js";

const LIMIT = 64 * 1024 * 1024;

/** @param {File} file */
export async function readFile(file) {
  if (file.size > LIMIT) return ask(`This file is ${Math.round(file.size / 1048576)} MB. The limit is 64 MB.`);
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
  return keep(name, bytes, reply);
}

/**
 * A file with several structures.
 * @param {string} name
 * @param {Uint8Array} bytes
 * @param {import('../../shared/protocol').Choice[]} choices
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
      if (reply.ok) keep(name, bytes, reply);
    });
    list.append(el("li", {}, b));
  }
  box.showModal();
}

/**
 * Packs the document of a file just read, for its link.
 * @param {import('../../shared/protocol').Document} document
 * @param {Uint8Array} bytes of the file
 */
async function attach({ key, file, cif }, bytes) {
  const text = (file && (await pack(bytes))) || (await pack(new TextEncoder().encode(cif)));
  await engine.send({ op: "document", id: key, text });
  await act({ op: "view" }, { keep: true, still: true });
}

/**
 * Keeps a file on the device and in the link.
 * @param {string} name
 * @param {Uint8Array} bytes
 * @param {import('../../shared/protocol').Reply} reply
 */
async function keep(name, bytes, reply) {
  if (reply.document) await attach(reply.document, bytes).catch(() => {}); // the crystal is open all the same
  const c = reply.view?.crystal; // another may be open by now
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

/** Opens a file that another app has shared with the installed one. */
export async function takeShared() {
  const prefs = await caches.open("zoneaxis-prefs");
  const kept = await prefs.match("/shared");
  if (!kept) return;
  await prefs.delete("/shared");
  await read(decodeURIComponent(kept.headers.get("X-Name") ?? "shared.cif"), new Uint8Array(await kept.arrayBuffer()));
}
