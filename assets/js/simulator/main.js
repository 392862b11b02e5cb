// @ts-check
// The page comes alive: it takes over the inputs at once, starts the engine,
// and hands the drawing to the canvas when there is time for it.

import { $, $$, drawn, page, root } from "../shared/dom.js";
import * as app from "./app.js";
import "./dynamical.js";
import { keepFetched, waits } from "../shared/crystals.js";
import * as engine from "../shared/engine.js";
import { insist, thin } from "../shared/line.js";
import * as history from "./history.js";
import * as intake from "./intake.js";
import { commanded } from "./keys.js";
import { toggleLegend } from "./legend.js";
import { nextStep } from "./pad.js";
import * as panels from "./panels.js";
import { field } from "./pattern.js";
import "./pointer.js";
import "./render.js";
import { toggleRow } from "./row.js";
import "./rows.js";
import * as settings from "./settings.js";
import { announce } from "./announce.js";
import { next as nextTheme, recoloured } from "../shared/theme.js";
import { ask, toast } from "./messages.js";
import { useTool } from "./tool.js";
import { load, loadAll, open as openTool, use } from "./tools.js";
import "./zone.js";

const SLOW_MS = 10_000;
const IDLE_MS = 3000;
const stage = $("#stage");

/** @param {string} text */
function showStage(text) {
  if (stage.textContent !== text) stage.textContent = text;
  stage.hidden = !text;
}

/** @param {1 | -1} step */
async function walkHistory(step) {
  await app.settle(); // a gesture that has just ended is the step, and what was asked before is answered first
  const next = history.look(step);
  if (!next) return;
  const reply = await app.act({ op: "restore", snapshot: next.entry.snapshot }, { undo: next.entry });
  if (reply.ok) toast(`${step < 0 ? "Undone" : "Redone"}: ${next.change}.`);
}

/** Steps wait for each other. */
let walking = Promise.resolve();
/** @param {1 | -1} step */
const later = (step) => (walking = walking.then(() => walkHistory(step)));

/** What the buttons marked data-do do, and the keys. @type {Record<string, (node: HTMLElement) => any>} */
const actions = {
  undo: () => later(-1),
  redo: () => later(1),
  help: () => openTool("help"),
  search: () => use("search", (search) => search.open()),
  "search-close": () => use("search", (search) => search.close()),
  theme: nextTheme,
  snap: () => app.act({ op: "snap" }),
  row: () => toggleRow(),
  step: () => nextStep(),
  legend: () => toggleLegend(),
  fit: () => app.act({ op: "zoom", fit: true }),
  sheet: () => panels.sheet(),
  "open-file": intake.choose,
  browse: () => openTool("browse"),
  second: () => openTool("second"),
  link: () => use("export", (out) => out.copyLink()),
  export: () => openTool("export"),
  "all-rows": () => openTool("table"),
  "csv-copy": () => use("table", (table) => table.copyCSV()),
  "measure-clear": () => app.act({ op: "measure", clear: true }),
  "measure-copy": () => use("export", (out) => out.copy(app.now.view?.measure.copy ?? "", "Measurement copied.")),
};

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  const node = /** @type {HTMLElement} */ (event.target).closest?.("[data-do], button[data-tool]");
  if (!(node instanceof HTMLElement)) return;
  event.preventDefault();
  if (node.dataset.tool) return useTool(node.dataset.tool);
  actions[node.dataset.do ?? ""]?.(node);
});

commanded.listen((name) => actions[name]($("#field")));

// The search is a tool, too: its field is there before it.
const search = $("#search");
search.addEventListener("focusin", () => use("search", () => {}));
search.addEventListener("submit", (/** @type {Event} */ event) => {
  event.preventDefault();
  use("search", (tool) => tool.submit());
});
if (search.contains(document.activeElement)) use("search", () => {});

app.newView.listen((view) => {
  keepFetched(view.crystal);
  if (view.second) load("second").catch(() => {}); // its line stands in the panel of the crystal
});

$("#between").addEventListener("change", (/** @type {any} */ event) => app.act({ op: "measure", between: event.target.checked }));

history.changed.listen(() => {
  for (const b of $$('[data-do="undo"]')) b.disabled = !history.canUndo();
  for (const b of $$('[data-do="redo"]')) b.disabled = !history.canRedo();
});

addEventListener("popstate", (event) => {
  history.arrived();
  const snapshot = event.state?.snapshot;
  if (snapshot) app.act({ op: "restore", snapshot }, {});
  else app.act({ op: "open", link: location.href }, {});
});

let slow = 0;

engine.news.listen((news) => {
  switch (news.type) {
    case "progress": {
      const total = (Number(page.engineSize) || 0) / 1e6;
      if (total && news.part < 1) showStage(`Loading the simulator: ${(news.part * total).toFixed(1)} of ${total.toFixed(1)} MB`);
      return;
    }
    case "ready":
      clearTimeout(slow);
      return showStage("");
    case "failed":
      clearTimeout(slow);
      showStage("");
      return failed(news.message);
  }
});

/** The engine cannot start, or has stopped. @param {string} why */
function failed(why) {
  console.warn(why);
  const report = () => location.assign(`mailto:?subject=${encodeURIComponent("Zone axis simulator")}&body=${encodeURIComponent(`${why}\n${navigator.userAgent}\n${page.build}\n${location.href}`)}`);
  const again = () => {
    engine.start();
    boot();
  };
  ask(`The simulator could not start.${drawn() ? " The picture above is still correct." : ""}`, { label: "Try again", run: again }, { label: "Report", run: report });
}

waits.listen((text) => void toast(text));

let booted = false;

// A page that the service worker kept shows the default crystal: the picture
// waits for the engine if the link says something else.
if (root.hasAttribute("data-kept") && location.search + location.hash !== "") root.dataset.stale = "";

/** Gives the engine, which start.js has started, the state that the address holds. */
async function boot() {
  if (!engine.isReady()) slow = setTimeout(() => showStage(`Still loading.${drawn() ? " The picture above is already correct; you can read it meanwhile." : ""}`), SLOW_MS);
  const snapshot = history.current() || window.history.state?.snapshot;
  const first = { first: true, keep: true };
  let reply = snapshot ? await app.act({ op: "restore", snapshot }, first) : { ok: false };
  if (!reply.ok) reply = await app.act({ op: "open", link: location.href }, first);
  if (!reply.ok && engine.isReady()) {
    // Its crystal cannot be had; the rest of the link holds, as on the server.
    const rest = new URL(location.href);
    rest.searchParams.delete("c");
    reply = await app.act({ op: "open", link: rest.href }, { ...first, still: true });
    await app.redraw();
  }
  if (!reply.ok) return;
  delete root.dataset.stale;
  root.dataset.ready = "engine";
  performance.mark("interactive");
  if (booted) return;
  booted = true;
  if (!snapshot) settings.recall();
  panels.begin();
  intake.takeShared();
  announce("Simulator ready.");
  idle(afterwards);
}

/** @param {() => void} run */
function idle(run) {
  if ("requestIdleCallback" in window) requestIdleCallback(run, { timeout: IDLE_MS });
  else setTimeout(run, 200);
}

/** The canvas, then the tools, then everything for offline use; on a thin line only when asked. */
async function afterwards() {
  if ("visits" in page) import("./visits.js").catch(() => {});
  const slow = thin();
  const canvas = () => import("./viewer.js").then((viewer) => viewer.load());
  // Asked for first: it is what tells that the line is cut while the rest comes.
  const offline = import("./offline.js");
  offline.catch(() => {});
  if (slow) ask("This line is slow, so the simple view stays.", { label: "Load the fast view (2.1 MB)", run: canvas });
  else {
    await canvas().catch(() => {});
    await loadAll();
  }
  const save = (/** @type {typeof import("./offline.js")} */ it) => idle(() => it.start(!slow));
  // A browser may remember that a module did not come: later it gets another name.
  const later = (/** @type {number} */ n) => import(new URL(`./offline.js#later${n}`, import.meta.url).href);
  offline.catch(() => insist(later)).then(save, () => {});
}

// The menu of the site works by itself; it closes like one, too.
const menu = $("#menu");
document.addEventListener("click", (event) => {
  if (!menu.contains(event.target)) menu.open = false;
});
menu.addEventListener("focusout", (/** @type {FocusEvent} */ event) => {
  if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});
menu.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
  if (event.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.firstElementChild.focus();
});

recoloured.listen(() => void (app.now.view && app.act({ op: "view" }, { keep: true })));
field.addEventListener("focus", () => field.scrollIntoView({ block: "nearest" }));
boot();
