// @ts-check
// The theme of the interface: by the system, light, dark or lab. The choice is
// a cookie, so that the server's page comes in it at once, without a flash.

import { $, el, icon, root } from "./dom.js";
import { signal } from "./signal.js";

const YEAR_S = 31_536_000;
const ORDER = ["light", "dark", "lab"];
/** @type {Record<string, string>} */
const ICONS = { light: "sun", dark: "moon", lab: "lamp-desk" };

const dark = matchMedia("(prefers-color-scheme: dark)");

/** The colours have changed. @type {import('./signal.js').Signal<[]>} */
export const recoloured = signal();

/**
 * Whether the browser darkens light pages by itself: what it takes for white is not.
 * Drawings come out of that as black on black, so the page goes dark before it,
 * and is then left as it is.
 */
function darkened() {
  const probe = el("i", { hidden: true, style: "background: canvas; color-scheme: light" });
  root.append(probe);
  const white = /^rgba?\(255, 255, 255\b/.test(getComputedStyle(probe).backgroundColor);
  probe.remove();
  return !white && !matchMedia("(forced-colors: active)").matches;
}

/** The theme in use. */
export const theme = () => root.dataset.theme ?? (dark.matches ? "dark" : "light");

/** Takes the next theme. */
export function next() {
  const order = ORDER.filter((name) => name !== "light" || root.dataset.darkened === undefined);
  const chosen = order[(order.indexOf(theme()) + 1) % order.length];
  root.dataset.theme = chosen;
  document.cookie = `theme=${chosen}; path=/; max-age=${YEAR_S}; samesite=strict`;
  navigator.serviceWorker?.controller?.postMessage({ type: "theme", theme: chosen });
  show();
}

function show() {
  const chosen = theme();
  for (const node of document.querySelectorAll('[data-do="theme"]')) {
    node.setAttribute("aria-label", `Theme: ${chosen}`);
    /** @type {HTMLElement} */ (node).title = `Theme: ${chosen}`;
    node.replaceChildren(icon(ICONS[chosen]));
  }
  recoloured.emit();
}

// A page that the service worker kept may have been made in another theme.
const kept = /(?:^|; )theme=(light|dark|lab)/.exec(document.cookie)?.[1];
if (kept && kept !== root.dataset.theme) root.dataset.theme = kept;
// Asked when the first frame is out: before, the question is a task of its own.
requestAnimationFrame(() => setTimeout(() => {
  if (!darkened()) return;
  root.dataset.darkened = "";
  if (theme() === "light") root.dataset.theme = "dark";
  show();
}));

// Paper is white.
/** @type {string | undefined} */
let before;
addEventListener("beforeprint", () => {
  before = root.dataset.theme;
  root.dataset.theme = "light";
});
addEventListener("afterprint", () => {
  if (before) root.dataset.theme = before;
  else delete root.dataset.theme;
});

dark.addEventListener("change", show);
if ($('[data-do="theme"]')) show();
