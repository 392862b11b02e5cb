// @ts-check
// The one status region: one text at a time, the latest wins, nothing while a
// movement goes on.

import { $ } from "../shared/dom.js";

const region = $("#status");
let timer = 0;
let held = false;
let waiting = "";

/**
 * Says a text to assistive technology.
 * @param {string} text
 */
export function say(text) {
  waiting = text;
  clearTimeout(timer);
  if (held) return;
  timer = setTimeout(() => {
    // The same text twice is said twice only if the region changes.
    region.textContent = region.textContent === waiting ? `${waiting}\u00a0` : waiting;
    waiting = "";
  }, 120);
}

/**
 * While held, nothing is said; the last text comes at the end.
 * @param {boolean} on
 */
export function hold(on) {
  held = on;
  if (!on && waiting) say(waiting);
}
