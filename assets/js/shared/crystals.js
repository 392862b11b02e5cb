// @ts-check
// Crystals that the engine does not know by itself: from this device or, by
// way of our own server, from the Materials Project.

import { plain } from "./dom.js";
import { reachable } from "./line.js";
import { signal } from "./signal.js";
import * as store from "./store.js";

/** An error with a way out that the page can offer. */
export class CrystalError extends Error {
  /** @param {string} text @param {import('./protocol').Action} [action] */
  constructor(text, action) {
    super(text);
    this.action = action;
  }
}

const RETRY = { label: "Try again", do: "retry" };
const SERVER_FAILS = "The Materials Project did not answer. Try again, or open a CIF file.";
const LONGEST_WAIT_S = 30;

/** Documents that have just been fetched, to be kept when the engine has read them. @type {Map<string, Uint8Array>} */
const fetched = new Map();

/**
 * Keeps a crystal on this device if it has just been fetched.
 * @param {import('./protocol').CrystalView} crystal as the engine read it
 */
export async function keepFetched({ id, name, formula, group }) {
  const bytes = fetched.get(id);
  if (!bytes) return;
  fetched.delete(id);
  await store.put({ id, name, formula: plain(formula), group: plain(group), file: "", at: Date.now(), bytes }).catch(() => {});
}

/**
 * The document of a crystal.
 * @param {string} id "mp-149"
 * @returns {Promise<Uint8Array>}
 */
export async function crystalBytes(id) {
  const kept = await store.get(id).catch(() => null);
  if (kept) return kept.bytes;
  for (let tries = 0; ; tries++) {
    const answer = await request(id);
    if (answer.ok) {
      const bytes = new Uint8Array(await answer.arrayBuffer());
      fetched.set(id, bytes);
      return bytes;
    }
    const { detail, code, wait } = await reason(answer);
    if (code !== "busy" || tries > 0 || wait > LONGEST_WAIT_S) throw new CrystalError(detail || SERVER_FAILS, answer.status >= 500 && code !== "no-key" ? RETRY : undefined);
    waits.emit(detail);
    await new Promise((done) => setTimeout(done, wait * 1000));
  }
}

/** The server asks for patience, in words. @type {import('./signal.js').Signal<[text: string]>} */
export const waits = signal();

/** @param {string} id */
async function request(id) {
  try {
    return await fetch(`/api/structure/${encodeURIComponent(id)}`, { signal: AbortSignal.timeout(40_000) });
  } catch (error) {
    if (error instanceof TypeError && !(await reachable()))
      throw new CrystalError(`You are offline and ${id} is not saved on this device. Connect once to save it.`, RETRY);
    throw new CrystalError(SERVER_FAILS, RETRY);
  }
}

/** @param {Response} answer */
async function reason(answer) {
  try {
    const { detail, code, retry_after } = await answer.json();
    return { detail: String(detail ?? ""), code: String(code ?? ""), wait: Number(retry_after) || 20 };
  } catch {
    return { detail: "", code: "", wait: 20 };
  }
}

/**
 * Materials by formula, from the Materials Project.
 * @param {string} formula
 * @returns {Promise<{id: string, formula: string, group: string}[]>}
 */
export async function searchOnline(formula) {
  const answer = await fetch(`/api/search?formula=${encodeURIComponent(formula)}`).catch(() => null);
  if (!answer) throw new CrystalError((await reachable()) ? SERVER_FAILS : "You are offline: only the library and the crystals on this device can be searched.", RETRY);
  if (!answer.ok) throw new CrystalError((await reason(answer)).detail || SERVER_FAILS);
  const { hits } = await answer.json();
  return (hits ?? []).map((/** @type {any} */ h) => ({ id: h.id, formula: h.formula ?? "", group: h.spacegroup ?? "" }));
}
