// @ts-check
// Which panels are seen: two columns of them, one column with tabs, or a sheet
// with a tab bar, by the room there is.

import { $, $$, keep, kept } from "../shared/dom.js";
import { signal } from "../shared/signal.js";

const app = $("#app");
const settings = $("#settings");
const results = $("#results");
const main = $("#pattern");
const narrowTabs = $("#narrow-tabs");
const tabBar = $("#tab-bar");
const wideTabs = $("#wide-tabs");

const narrow = matchMedia("(max-width: 1180px)");
const phone = matchMedia("(max-width: 640px)");

export const isPhone = () => phone.matches;

/** The panels that a tab shows, by layout. */
const NARROW = { crystal: ["crystal"], orient: ["orient"], beam: ["beam"], show: ["show"], measure: ["measure", "sheet", "table"], tilt: ["tilt"] };
const WIDE = { measure: ["measure"], sheet: ["sheet"], tilt: ["tilt"], table: ["table"] };

/** Another panel comes into view. @type {import('../shared/signal.js').Signal<[]>} */
export const shown = signal();

/** Puts the panels into the order in which they are seen, for the Tab key. */
function arrange() {
  const focused = document.activeElement;
  // The pattern itself never moves: its iframe would load again.
  if (phone.matches) main.after(settings, results, tabBar);
  else if (narrow.matches) main.after(tabBar, settings, results);
  else {
    main.before(settings);
    main.after(results, tabBar);
  }
  if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus();
  if (!phone.matches) sheet(false);
  if (phone.matches && app.dataset.tab === "show") app.dataset.tab = "beam";
  if (!phone.matches && app.dataset.tab === "crystal") app.dataset.tab = "orient";
  mark();
}

/** Tells assistive technology which tab shows what. */
function mark() {
  for (const panel of $$(".panel section")) {
    if (panel.getAttribute("role") !== "tabpanel") continue;
    panel.removeAttribute("role");
    panel.setAttribute("aria-labelledby", panel.id.replace("panel-", "h-"));
  }
  if (narrow.matches) {
    label(narrowTabs, "tab", app.dataset.tab, NARROW);
  } else label(wideTabs, "results", app.dataset.results, WIDE);
  shown.emit();
}

/**
 * @param {HTMLElement} list
 * @param {string} key
 * @param {string} chosen
 * @param {Record<string, string[]>} panels
 */
function label(list, key, chosen, panels) {
  for (const tab of $$('[role="tab"]', list)) {
    const name = tab.dataset[key];
    const selected = name === chosen;
    tab.id = `tab-${key}-${name}`;
    tab.setAttribute("aria-selected", String(selected));
    tab.tabIndex = selected ? 0 : -1;
    const first = $(`#panel-${panels[name][0]}`);
    tab.setAttribute("aria-controls", first.id);
    if (!selected) continue;
    first.setAttribute("role", "tabpanel");
    first.setAttribute("aria-labelledby", tab.id);
  }
}

/**
 * Shows a panel in whatever layout there is.
 * @param {string} name
 */
export function open(name) {
  if (name in WIDE) app.dataset.results = name;
  const tab = name === "table" ? "measure" : name === "show" && phone.matches ? "beam" : name;
  if (tab in NARROW) app.dataset.tab = tab;
  mark();
}

/** Spreads the sheet of a phone or folds it. @param {boolean} [full] */
export function sheet(full = app.dataset.sheet !== "full") {
  app.dataset.sheet = full ? "full" : "half";
  for (const grab of $$(".grab")) {
    grab.setAttribute("aria-expanded", String(full));
    grab.setAttribute("aria-label", full ? "Shrink panel" : "Expand panel");
  }
}

for (const [list, key] of /** @type {[HTMLElement, string][]} */ ([[narrowTabs, "tab"], [wideTabs, "results"]])) {
  list.addEventListener("click", (event) => {
    const tab = /** @type {HTMLElement} */ (event.target).closest?.('[role="tab"]');
    if (!(tab instanceof HTMLElement)) return;
    const again = app.dataset[key] === tab.dataset[key];
    app.dataset[key] = tab.dataset[key];
    if (phone.matches) {
      sheet(again && app.dataset.sheet !== "full");
      for (const panel of [settings, results]) panel.scrollTop = 0;
    }
    mark();
  });
  list.addEventListener("keydown", (event) => {
    const tabs = $$('[role="tab"]', list).filter((t) => t.offsetParent !== null);
    const at = tabs.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    next.click();
    next.focus();
  });
}

// The handle of the sheet: a tap folds, a drag follows the finger's direction.
for (const grab of $$(".grab")) {
  let from = 0;
  let moved = false;
  grab.addEventListener("pointerdown", (/** @type {PointerEvent} */ e) => {
    from = e.clientY;
    moved = false;
    grab.setPointerCapture(e.pointerId);
  });
  grab.addEventListener("pointermove", (/** @type {PointerEvent} */ e) => {
    if (!grab.hasPointerCapture(e.pointerId) || Math.abs(e.clientY - from) < 24) return;
    moved = true;
    sheet(e.clientY < from);
    from = e.clientY;
  });
  grab.addEventListener("click", (/** @type {Event} */ event) => {
    event.stopPropagation();
    if (!moved) sheet();
    moved = false;
  });
}

const leftHand = $("#left-hand");

/** The tools of a phone stand where the thumb is. @param {boolean} left */
function hand(left) {
  leftHand.checked = left;
  app.dataset.hand = left ? "left" : "right";
}
leftHand.addEventListener("change", () => {
  hand(leftHand.checked);
  keep("hand", app.dataset.hand);
});
hand(kept("hand") === "left");

narrow.addEventListener("change", arrange);
phone.addEventListener("change", arrange);
arrange();
