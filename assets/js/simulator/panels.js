// @ts-check
// Which panels are seen: two columns of them, one column with tabs, or a sheet
// with a tab bar, by the room there is.

import { $, $$, button, el, keep, kept } from "../shared/dom.js";
import { signal } from "../shared/signal.js";
import { measuring, toolChanged, useTool } from "./tool.js";
import { isTool, load, use } from "./tools.js";

const app = $("#app");
const settings = $("#settings");
const results = $("#results");
const main = $("#pattern");
const bar = $("#bar");
const narrowTabs = $("#narrow-tabs");
const tabBar = $("#tab-bar");
const wideTabs = $("#wide-tabs");

const narrow = matchMedia("(max-width: 1180px)");
const phone = matchMedia("(max-width: 640px)");

export const isPhone = () => phone.matches;

/** The panels of the results, in their order. */
const ORDER = ["measure", "sheet", "tilt", "views", "table"];

/** The panels that a tab shows, by layout; some of them are tools. */
const NARROW = { crystal: ["crystal"], orient: ["orient"], beam: ["beam"], show: ["show"], measure: ["measure", "sheet", "table"], tilt: ["tilt"] };
const WIDE = { measure: ["measure"], sheet: ["sheet"], tilt: ["tilt"], table: ["table"] };

/** Another panel comes into view. @type {import('../shared/signal.js').Signal<[]>} */
export const shown = signal();

/** Puts the panels into the order in which they are seen, for the Tab key. */
function arrange() {
  const focused = document.activeElement;
  // The pattern itself never moves: its iframe would load again.
  if (phone.matches) main.after(bar, settings, results, tabBar);
  else if (narrow.matches) main.after(tabBar, settings, results);
  else {
    main.before(settings);
    main.after(results, tabBar);
  }
  if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus();
  if (!phone.matches) sheet(false);
  app.dataset.tab = there(app.dataset.tab);
  followTool();
  mark();
}

/**
 * Adds the panel of a tool to the results, in its place.
 * @param {string} name
 * @param {...Node} content the first is its heading, with an id
 */
export function add(name, ...content) {
  const panel = el("section", { className: `panel-${name}`, id: `panel-${name}` }, ...content);
  panel.setAttribute("aria-labelledby", /** @type {Element} */ (content[0]).id);
  const next = ORDER.slice(ORDER.indexOf(name) + 1).map((n) => $(`#panel-${n}`)).find((n) => n);
  results.insertBefore(panel, next ?? null);
  mark();
}

/** Tools wait until the first pattern is there. */
let begun = false;

/** From now on tools are loaded for the panels that are seen. */
export function begin() {
  begun = true;
  fetchSeen();
}

/** Loads the tools of the panels that are seen: without a word if it fails, since nobody has asked. */
function fetchSeen() {
  if (!begun) return;
  const seen = narrow.matches ? NARROW[/** @type {keyof NARROW} */ (app.dataset.tab)] : WIDE[/** @type {keyof WIDE} */ (app.dataset.results)];
  for (const name of seen) if (isTool(name)) load(/** @type {any} */ (name)).catch(() => {});
  if ($("#panel-views").offsetParent !== null) load("views").catch(() => {});
}

let taken = 0;

/** In a window so flat that the sheet is below it, a tab brings its sheet into sight. */
function reveal() {
  const low = Math.max(settings.getBoundingClientRect().bottom, results.getBoundingClientRect().bottom) > tabBar.getBoundingClientRect().top + 1;
  if (phone.matches && low) scrollTo({ top: document.documentElement.scrollHeight });
}

/**
 * Takes a tab. One whose panel is a tool waits for it: nothing jumps, and what
 * was there stays if it cannot be had.
 * @param {string} key "tab" or "results"
 * @param {string} name
 * @param {() => void} [then] when the panel is there
 */
function take(key, name, then) {
  const mine = ++taken;
  const panel = (key === "tab" ? NARROW : WIDE)[/** @type {"tilt"} */ (name)][0];
  const show = () => {
    if (mine !== taken) return; // another one was taken meanwhile
    app.dataset[key] = name;
    if (key === "tab") useTool(name === "measure" ? "measure" : "tilt");
    mark();
    then?.();
  };
  if (isTool(panel)) use(/** @type {any} */ (panel), show);
  else show();
}

/** The tab that stands for one that this layout has not. @param {string} name */
const there = (name) => (phone.matches ? { show: "beam" }[name] : { crystal: "orient" }[name]) ?? name;

/** The tab to go back to when the tool is put away. */
let before = "orient";

/** Behind tabs, the tab Measure is the tool. */
function followTool() {
  if (!narrow.matches || measuring() === (app.dataset.tab === "measure")) return;
  if (measuring()) before = app.dataset.tab;
  take("tab", measuring() ? "measure" : there(before));
}
toolChanged.listen(followTool);

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
  fetchSeen();
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
    if (!first) continue; // a tool that has not come
    tab.setAttribute("aria-controls", first.id);
    if (!selected) continue;
    first.setAttribute("role", "tabpanel");
    first.setAttribute("aria-labelledby", tab.id);
  }
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
    take(key, tab.dataset[key] ?? "", reveal);
    if (phone.matches) {
      sheet(again && app.dataset.sheet !== "full");
      for (const panel of [settings, results]) panel.scrollTop = 0;
    }
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

// On a phone the panel of the crystal has what does not fit into the bar.
const leftHand = el("input", { type: "checkbox", id: "left-hand" });
$("#panel-crystal .unscripted").before(
  el("div", { className: "row phone" }, button("Undo", { icon: "undo-2", grow: true, do: "undo", disabled: true }), button("Redo", { icon: "redo-2", grow: true, do: "redo", disabled: true }), button("Theme", { icon: "sun", bare: true, do: "theme" })),
  el("label", { className: "check phone" }, leftHand, "Tools at the left edge"),
);

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
