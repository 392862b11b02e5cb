// @ts-check
// The index of the pattern library by structure: finds a crystal while typing.

import { $, $$, button } from "../shared/dom.js";
import { finder } from "../shared/find.js";

const form = $(".lib-search");
const field = /** @type {HTMLInputElement} */ ($("#lib-find"));
const found = $(".found", form);
const hits = $("#lib-hits");
const groups = $$(".lib-group");
/** The crystals of this page by the addresses of their sheets. @type {Map<string, HTMLElement>} */
const items = new Map($$(".lib-group li").map((item) => [$("a", item).getAttribute("href"), item]));
finder().catch(() => {}); // so that it is there, and is kept with the page

/** Shows what the text finds, the best first, and says it. @param {string} text @param {import('../shared/find.js').Finder} search */
function show(text, search) {
  const { rows, nearest } = search.find(text);
  const list = rows.flatMap((row) => items.get(`/library/${row.id}/`) ?? []);
  hits.replaceChildren(...list.map((item) => {
    const copy = /** @type {HTMLElement} */ (item.cloneNode(true));
    copy.removeAttribute("id");
    return copy;
  }));
  const count = list.length === 1 ? "One crystal" : `${list.length} crystals`;
  if (list.length === 0) found.textContent = `No crystal is found by “${text}”.`;
  else if (!nearest) found.textContent = count;
  else found.replaceChildren(`Nothing is called “${text}”. Did you mean `, button(nearest, { onclick: () => take(nearest) }), `? ${count}`);
}

/** @param {string} text */
function take(text) {
  field.value = text;
  field.focus();
  filter();
}

async function filter() {
  const text = field.value.trim();
  const search = text ? await finder().catch(() => null) : null;
  if (text !== field.value.trim()) return; // typed on
  if (search) show(text, search);
  else found.textContent = text ? "The search could not be loaded. All crystals are listed below." : "";
  hits.hidden = !search;
  for (const group of groups) group.hidden = Boolean(search);
}

form.addEventListener("submit", async (/** @type {Event} */ event) => {
  event.preventDefault();
  await filter();
  if (!hits.hidden) $("a", hits)?.click();
});
field.addEventListener("input", filter);
if (field.value) filter();
