// @ts-check
// Pages around the simulator: colour theme, search of the articles, copies of
// code, printing, figures that come alive, and keeping the page.

import { next } from "../shared/theme.js";
import { $, $$, el, page } from "../shared/dom.js";
import { waken } from "./figure-wake.js";

for (const button of $$('[data-do="theme"]')) button.addEventListener("click", next);
for (const button of $$('[data-do="print"]')) button.addEventListener("click", () => print());

const search = $(".site-search");
if (search) import("./search.js").then((module) => module.setUp(search)).catch(() => {});

const figures = $$("figure.live");
if (figures.length > 0 && page.engine) waken(figures);

if (navigator.clipboard) for (const block of $$(".post pre")) addCopy(block);

// Kept when it is there and nothing else is to be done.
const idle = () => ("requestIdleCallback" in window ? requestIdleCallback(later, { timeout: 5000 }) : setTimeout(later, 1000));
const later = () => void import("./keep.js").then((module) => module.keep()).catch(() => {});
if (document.readyState === "complete") idle();
else addEventListener("load", idle, { once: true });

/**
 * A button that copies a block of code.
 * @param {HTMLElement} block
 */
function addCopy(block) {
  const text = block.textContent ?? "";
  const button = el("button", { type: "button", className: "btn copy" }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  block.prepend(button);
}
