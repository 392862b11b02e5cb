// @ts-check
// Search of the articles over an index made at build.

import { $, el } from "../shared/dom.js";

/** @typedef {{url: string, title: string, about: string, tags: string[], heads: string[], text: string}} Entry */

/** How much a word counts, by where it stands. */
const WEIGHTS = { title: 8, tags: 6, heads: 4, about: 3, text: 1 };
const AROUND = 70; // letters of text shown on each side of a find

/**
 * What an article is worth for some words; 0 if it lacks one of them.
 * @param {Entry} entry
 * @param {string[]} words in lower case
 */
export function score(entry, words) {
  const parts = { title: entry.title, tags: entry.tags.join(" "), heads: entry.heads.join(" "), about: entry.about, text: entry.text };
  let sum = 0;
  for (const word of words) {
    let best = 0;
    for (const [name, text] of Object.entries(parts)) {
      if (text.toLowerCase().includes(word)) best = Math.max(best, WEIGHTS[/** @type {keyof WEIGHTS} */ (name)]);
    }
    if (best === 0) return 0;
    sum += best;
  }
  // Words that stand together as they were typed count most.
  const phrase = words.join(" ");
  if (words.length > 1 && Object.values(parts).some((text) => text.toLowerCase().includes(phrase))) sum += WEIGHTS.title * words.length;
  return sum;
}

/**
 * The surroundings of the first find in the text, or what the article is about.
 * @param {Entry} entry
 * @param {string[]} words
 */
export function extract(entry, words) {
  const low = entry.text.toLowerCase();
  const together = low.indexOf(words.join(" "));
  const at = together >= 0 ? together : Math.min(...words.map((w) => low.indexOf(w)).filter((i) => i >= 0));
  if (!Number.isFinite(at)) return entry.about;
  const from = Math.max(0, entry.text.lastIndexOf(" ", Math.max(0, at - AROUND)));
  const to = entry.text.indexOf(" ", at + AROUND);
  return `${from > 0 ? "…" : ""}${entry.text.slice(from, to < 0 ? undefined : to).trim()}${to < 0 ? "" : "…"}`;
}

/** @param {HTMLFormElement} form */
export function setUp(form) {
  const field = /** @type {HTMLInputElement} */ ($("input", form));
  const hits = $(".hits", form);
  const found = $(".found", form);
  /** @type {Promise<Entry[]> | null} */
  let index = null;
  form.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", async () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    index ??= fetch("/blog/search.json").then((r) => (r.ok ? r.json() : Promise.reject(new Error(r.statusText))));
    try {
      const entries = await index;
      if (words.join(" ") !== field.value.toLowerCase().split(/\s+/).filter(Boolean).join(" ")) return; // typed on
      const list = words.length === 0 ? [] : entries.map((entry) => ({ entry, worth: score(entry, words) })).filter((h) => h.worth > 0);
      list.sort((a, b) => b.worth - a.worth);
      hits.replaceChildren(...list.map(({ entry }) => el("li", {}, el("a", { href: entry.url }, entry.title), el("p", {}, extract(entry, words)))));
      found.textContent = words.length === 0 ? "" : list.length === 0 ? `No article holds “${field.value}”.` : list.length === 1 ? "One article" : `${list.length} articles`;
    } catch {
      index = null;
      found.textContent = "The index could not be loaded. The articles are listed below.";
    }
  });
  if (field.value) field.dispatchEvent(new Event("input")); // typed before this script came
}
