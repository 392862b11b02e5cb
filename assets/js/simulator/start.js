// @ts-check
// The engine is asked for first, since it takes the longest; it loads beside the
// page, in its worker, and competes with nothing that the first picture needs.
// The other scripts wait until that is painted.

import { $, button, drawn, el, root } from "../shared/dom.js";
import { start } from "../shared/engine.js";

/** What main.js needs, below assets/js; the build fills it in. */
const SCRIPTS = "__SCRIPTS__";

const LONG_MS = 3000; // a browser that does not say when it has painted

const able = typeof WebAssembly === "object";
if (able) start();
else unable();

const painted = new Promise((done) => {
  if (document.hidden || navigator.serviceWorker?.controller) return done(0);
  // The first paint may hold only the top of the page; the picture is there with
  // the text on it. Not every browser says when that is.
  const type = PerformanceObserver.supportedEntryTypes.includes("element") ? "element" : "paint";
  const paint = () => new PerformanceObserver(done).observe({ type, buffered: true });
  // The frame of the whole page is under way when the next one begins.
  requestAnimationFrame(() => requestAnimationFrame(paint));
  setTimeout(done, LONG_MS);
});

if (able) painted.then(() => {
  // All scripts at once, not each when another one asks for it.
  for (const name of SCRIPTS.split(" ")) {
    document.head.append(el("link", { rel: "modulepreload", href: new URL(`../${name}.js`, import.meta.url).href }));
  }
  import("./main.js").catch(() => {
    const again = () => fetch("").then(() => location.reload());
    $("#stage").replaceChildren(`The simulator could not start. ${drawn() ? "The picture above is still correct. " : ""}`, button("Try again", { onclick: again }));
  });
});

/**
 * Without WebAssembly, which some browsers switch off for safety, the page is the
 * server's, as without scripts: its links and forms lead to the next picture.
 */
function unable() {
  document.head.append(el("link", { rel: "stylesheet", href: new URL("../../css/pages/unscripted.css", import.meta.url).href }));
  // The views that the engine would draw are the server's, too.
  $("#panel-views").append(el("iframe", { className: "linked", title: "Linked views", src: `/sim/views${location.search}` }));
  // What the page shows does not follow its address when the server did not draw it.
  if (root.hasAttribute("data-kept") && location.search + location.hash !== "") root.dataset.stale = "";
  const again = !drawn() && button("Try again", { onclick: () => location.reload() });
  const text = `WebAssembly is switched off in this browser, so ${drawn() ? "the server draws every step." : "only the server can draw this pattern, and it has not."} `;
  $("#app").before(el("p", { className: "unscripted unable", role: "status" }, text, again));
}
