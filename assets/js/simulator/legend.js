// @ts-check
// The legend on demand, where the pattern has no room for it all the time.

import { $ } from "../shared/dom.js";

const legend = $("#legend");
const opener = $('[data-do="legend"]');

/** @param {boolean} open */
function show(open) {
  legend.toggleAttribute("data-open", open);
  opener.setAttribute("aria-expanded", String(open));
}

export const toggleLegend = () => show(!legend.hasAttribute("data-open"));

addEventListener("keydown", (event) => {
  if (event.key === "Escape") show(false);
});
