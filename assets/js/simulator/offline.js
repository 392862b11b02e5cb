// @ts-check
// The service worker from the page's side: the badge, saving for offline, and
// the offer of a new version. Nothing reloads by itself.

import { $, button, icon, page, root } from "../shared/dom.js";
import { answered, reachable } from "../shared/line.js";
import { ask } from "./messages.js";

const REFUSED = "This browser did not let us save for offline use. The simulator works while this tab stays open.";
const CUT = "Saving for offline stopped because the server did not answer. Try again later.";

const badge = $("#offline");
let saved = false;
let saving = -1;
/** The server did not answer when it was last asked, whatever the machine says. */
let cut = false;

/** @param {string} text @param {string} [picture] @param {{label: string, run: () => void}} [action] */
function show(text, picture, action) {
  badge.hidden = false;
  badge.replaceChildren(picture ? icon(picture) : "", text);
  if (action) badge.append(button(action.label, { onclick: action.run }));
}

function update() {
  if (saving >= 0) return show(`Saving for offline, ${Math.round(saving * 100)} %`, "refresh-cw");
  const away = cut || !navigator.onLine;
  if (saved) return away ? show("Offline", "wifi-off") : show("Ready offline", "check");
  show(away ? "Offline, not saved" : "Not saved for offline", away ? "wifi-off" : undefined, { label: "Save now", run: save });
}

/** @param {any} message */
function receive(message) {
  switch (message?.type) {
    case "saving":
      saving = message.part;
      break;
    case "saved":
      saving = -1;
      saved = true;
      break;
    case "unsaved":
      saved = false;
      break;
    case "refused":
      saving = -1;
      saved = false;
      if (!message.storage) reachable();
      if (message.storage) ask(REFUSED);
      else if (message.asked) ask(CUT);
      break;
    default:
      return;
  }
  update();
}

let asked = false;

/** Puts everything into the cache. */
async function save() {
  asked = true;
  await send("save");
}

/**
 * Sends a message to the worker that is in charge, installing one if there is none.
 * @param {"save" | "state"} type
 */
async function send(type) {
  try {
    const registration = await navigator.serviceWorker.register("/sw.js");
    if (!registration) throw new Error("no service worker");
    watch(registration);
    (await active(registration)).postMessage({ type, asked });
  } catch (error) {
    // Storage that is denied shows here, too: as an error of security.
    receive({ type: "refused", asked, storage: error instanceof DOMException && error.name === "SecurityError" });
  }
}

/**
 * The worker in charge, once it is. Fails if it cannot be installed, for
 * instance because the network went away or there is no storage.
 * @param {ServiceWorkerRegistration} registration
 * @returns {Promise<ServiceWorker>}
 */
function active(registration) {
  return new Promise((done, fail) => {
    const coming = registration.installing ?? registration.waiting;
    if (registration.active) return done(registration.active);
    if (!coming) return fail(new Error("the service worker was not installed"));
    coming.addEventListener("statechange", () => {
      if (coming.state === "activated") done(coming);
      if (coming.state === "redundant") fail(new Error("the service worker was not installed"));
    });
  });
}

/** @type {ServiceWorkerRegistration | null} */
let watched = null;

/** Hears of new versions. @param {ServiceWorkerRegistration} registration */
function watch(registration) {
  if (watched === registration) return;
  watched = registration;
  offer(registration);
  const hear = (/** @type {ServiceWorker | null} */ coming) => coming?.addEventListener("statechange", () => coming.state === "installed" && offer(registration));
  hear(registration.installing); // opening the page has already asked for a new version
  registration.addEventListener("updatefound", () => hear(registration.installing));
  // A tab may stay open for weeks: it looks for a new version when it is looked at.
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && registration.update().catch(() => {}));
}

/** @param {ServiceWorker} worker @returns {Promise<string>} the build that it keeps */
function buildOf(worker) {
  return new Promise((done) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = (event) => done(event.data);
    worker.postMessage({ type: "build" }, [channel.port2]);
    setTimeout(() => done(""), 20_000);
  });
}

/** @param {ServiceWorkerRegistration} registration */
async function offer(registration) {
  const waiting = registration.waiting;
  if (!waiting || !navigator.serviceWorker.controller) return;
  // The server's page may be newer than the worker that was in charge.
  if ((await buildOf(waiting)) === page.build) return waiting.postMessage({ type: "activate" });
  const reload = () => {
    if (waiting.state !== "installed") return location.reload(); // another tab was first
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage({ type: "activate" });
    setTimeout(() => location.reload(), 3000); // it waits until the one in charge has a rest
  };
  ask("A new version is ready.", { label: "Reload", run: reload }, { label: "Later", run: () => {} });
}

const LOOK_MS = 10_000; // how often a look at the page asks the server at most
const BUSY_MS = 60_000; // and somebody at work on it
const AGAIN_MS = [15_000, 300_000]; // how soon a line that was cut is asked after again, and how seldom at last

/** Tells whether the line is cut: asked when somebody comes back to the page, and while it is cut. @param {() => void} up it is there again */
function listenToLine(up) {
  let last = Date.now();
  let wait = AGAIN_MS[0];
  let timer = 0;
  const ask = () => void (document.visibilityState === "visible" && reachable());
  const look = () => void (Date.now() - last > LOOK_MS && ask());
  answered.listen((yes) => {
    last = Date.now();
    const was = cut;
    cut = !yes;
    clearTimeout(timer);
    if (cut) timer = setTimeout(ask, wait);
    wait = cut ? Math.min(2 * wait, AGAIN_MS[1]) : AGAIN_MS[0];
    update();
    if (was && yes) up();
  });
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
  badge.addEventListener("pointerenter", ask);
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => void (Date.now() - last > BUSY_MS && ask()));
  for (const name of ["online", "offline"]) addEventListener(name, () => void reachable());
  // The service worker answers for a server that does not.
  if (root.hasAttribute("data-kept")) ask();
}

/**
 * Starts the service worker, when the page has nothing better to do.
 * @param {boolean} all whether to save the large programs without being asked
 */
export async function start(all) {
  if (!("serviceWorker" in navigator)) {
    badge.hidden = true;
    return;
  }
  listenToLine(() => void (all && !saved && saving < 0 && send("save")));
  navigator.serviceWorker.addEventListener("message", (event) => receive(event.data));
  await send(all ? "save" : "state");
}
