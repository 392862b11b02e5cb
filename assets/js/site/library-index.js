// @ts-check
// The index of the pattern library by structure: finds a crystal while typing.

import { $, $$ } from "../shared/dom.js";

const form = $(".lib-search");
const field = /** @type {HTMLInputElement} */ ($("#lib-find"));
const found = $(".found", form);
const groups = $$(".lib-group").map((node) => ({
  node,
  name: plain($("h2", node).textContent ?? ""),
  items: $$("li", node).map((item) => ({ item, text: plain(item.textContent ?? "") })),
}));

/**
 * Text for comparisons: small letters, no spaces, subscripts as digits, no bars.
 * @param {string} text
 */
function plain(text) {
  return text.normalize("NFKC").toLowerCase().replace(/[\s\u0304\u0305]+/g, "");
}

function filter() {
  const wanted = field.value.split(/\s+/).map(plain).filter(Boolean);
  let count = 0;
  for (const { node, name, items } of groups) {
    let shown = 0;
    for (const { item, text } of items) {
      const yes = wanted.every((w) => text.includes(w) || name.includes(w));
      item.hidden = !yes;
      if (yes) shown++;
    }
    node.hidden = shown === 0;
    count += shown;
  }
  found.textContent = wanted.length === 0 ? "" : count === 1 ? "One crystal" : `${count} crystals`;
}

form.addEventListener("submit", (/** @type {Event} */ event) => event.preventDefault());
field.addEventListener("input", filter);
if (field.value) filter();
