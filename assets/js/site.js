// @ts-check
// Pages around the simulator: colour theme, search of the articles, figures
// that come alive.

import { next } from "./theme.js";
import { $, $$, el, page } from "./dom.js";

for (const button of $$('[data-do="theme"]')) {
  button.hidden = false;
  button.addEventListener("click", next);
}

const search = $(".site-search");
if (search) setUpSearch(search);

const figures = $$("figure.live [data-live]");
if (figures.length > 0 && page.engine) {
  import("./figure.js").then((module) => module.setUp(figures)).catch(() => {});
}

/**
 * Search of the articles over an index made at build.
 * @param {HTMLFormElement} form
 */
function setUpSearch(form) {
  form.hidden = false;
  const field = /** @type {HTMLInputElement} */ ($("input", form));
  const hits = $(".hits", form);
  /** @type {Promise<{url: string, title: string, about: string, tags: string[], text: string}[]> | null} */
  let index = null;
  form.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", async () => {
    index ??= fetch("/blog/search.json").then((r) => (r.ok ? r.json() : Promise.reject(new Error(r.statusText))));
    try {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      const found = words.length === 0 ? [] : (await index).filter((entry) => {
        const text = [entry.title, entry.about, ...entry.tags, entry.text].join(" ").toLowerCase();
        return words.every((word) => text.includes(word));
      });
      const none = words.length > 0 && found.length === 0 ? [el("li", {}, `No article holds “${field.value}”.`)] : [];
      hits.replaceChildren(...found.map((entry) => el("li", {}, el("a", { href: entry.url }, entry.title))), ...none);
    } catch {
      index = null;
      hits.replaceChildren(el("li", {}, "The index could not be loaded. The articles are listed below."));
    }
  });
}
