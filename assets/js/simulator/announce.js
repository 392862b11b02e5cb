// @ts-check
// The one status region: one text at a time, the latest wins, nothing while a
// movement goes on.

import { $ } from "../shared/dom.js";

const region = $("#status");
let timer = 0;
let muted = false;
let waiting = "";

/**
 * Says a text to assistive technology, and only there.
 * @param {string} text
 */
export function announce(text) {
  waiting = text;
  clearTimeout(timer);
  if (muted) return;
  timer = setTimeout(() => {
    // The same text twice is said twice only if the region changes.
    region.textContent = region.textContent === waiting ? `${waiting}\u00a0` : waiting;
    waiting = "";
  }, 120);
}

/**
 * While muted, nothing is said; the last text comes at the end.
 * @param {boolean} on
 */
export function mute(on) {
  muted = on;
  if (!on && waiting) announce(waiting);
}
