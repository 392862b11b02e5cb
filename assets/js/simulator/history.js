// @ts-check
// Undo, redo and the address bar. An entry is a snapshot that the engine gave
// out, with the words for what led to it.

import { signal } from "../shared/signal.js";

/** @typedef {{snapshot: string, change: string, merge: string, at: number}} Entry */

const MOST = 100;
const MERGE_MS = 500;
const LINK_MS = 300;

/** @type {Entry[]} */
let entries = [];
let index = -1;

/** What can be undone has changed. @type {import('../shared/signal.js').Signal<[]>} */
export const changed = signal();

export const canUndo = () => index > 0;
export const canRedo = () => index < entries.length - 1;

/**
 * Notes a new state.
 * @param {string} snapshot
 * @param {string} change words for it; empty if the engine saw no change
 * @param {boolean} keep only replaces what is known of the current state
 * @param {string} merge entries of one movement share a name
 * @param {{from: number, to: number}} [when] first and last moment of the movement, ms
 */
export function record(snapshot, change, keep, merge, when = { from: Date.now(), to: Date.now() }) {
  const last = entries[index];
  if (last?.snapshot === snapshot) return;
  const entry = { snapshot, change: change || merge || "change", merge, at: when.to };
  const same = last && index > 0 && merge !== "" && last.merge === merge && when.from - last.at < MERGE_MS;
  if (last && keep) {
    entries[index] = { ...last, snapshot }; // what was undone can still be done again
  } else if (!last || same) {
    entries = entries.slice(0, Math.max(index, 0));
    entries.push(entry);
    index = entries.length - 1;
  } else {
    entries = entries.slice(0, index + 1);
    entries.push(entry);
    if (entries.length > MOST + 1) entries.shift();
    index = entries.length - 1;
  }
  changed.emit();
}

/**
 * What lies one step back or forth. Only walked goes there, when the engine is
 * in that state: what it answers until then belongs to the state before.
 * @param {1 | -1} step
 * @returns {{entry: Entry, change: string} | null} the state to restore and what this takes back or does again
 */
export function look(step) {
  const entry = entries[index + step];
  return entry ? { entry, change: step < 0 ? entries[index].change : entry.change } : null;
}

/** The state of an entry is restored. @param {Entry} entry */
export function walked(entry) {
  index = Math.max(entries.indexOf(entry), 0);
  changed.emit();
}

/** The snapshot of the current state. */
export const current = () => entries[index]?.snapshot ?? "";

let shown = location.pathname + location.search + location.hash;
let written = 0;
let timer = 0;

/**
 * Writes the link into the address bar, at most every 300 ms.
 * @param {string} link
 * @param {boolean} push a new entry of the browser's own history
 * @param {string} snapshot
 */
export function link(link, push, snapshot) {
  clearTimeout(timer);
  if (link === shown) return;
  const state = { snapshot: snapshot.length < 200_000 ? snapshot : "" };
  const write = () => {
    written = Date.now();
    shown = link;
    if (push) history.pushState(state, "", link);
    else history.replaceState(state, "", link);
  };
  const wait = push ? 0 : LINK_MS - (Date.now() - written);
  if (wait <= 0) write();
  else timer = setTimeout(write, wait);
}

/** The browser went to another of its entries. */
export function arrived() {
  clearTimeout(timer);
  shown = location.pathname + location.search + location.hash;
}
