// @ts-check
// Tells our own server what is done in the page, where it counts visits: that a
// crystal was opened, a pattern turned, a file saved, each once while the page is
// open. Nothing is kept in the browser, nothing waits for a line that is cut, and
// who asks not to be followed is not counted.

import { root } from "../shared/dom.js";
import { newFrame, newView, now, saved } from "./app.js";

const MOST = 30; // of one page

/** @param {any} visitor the navigator */
export const optsOut = (visitor) => visitor.globalPrivacyControl === true || visitor.doNotTrack === "1";

/**
 * What a crystal is called on the way: its name in the library or its number;
 * one of a file is nobody's affair.
 * @param {string} id
 */
export const called = (id) => (/^(lib-[a-z0-9-]+|mp-\d{1,8})$/.test(id) ? id : "own");

/**
 * Starts to tell.
 * @param {(line: string) => void} send
 */
export function begin(send) {
  /** What has been told. */
  const told = new Set();
  const tell = (/** @type {string} */ line) => {
    if (told.has(line) || told.size === MOST) return;
    told.add(line);
    send(line);
  };
  // The server has counted the crystal that the page came with.
  let crystal = now.view?.crystal.id ?? "";
  let pose = "";
  const look = () => {
    const id = now.view?.crystal.id ?? "";
    const { zone, distance, rotation } = now.frame ?? {};
    const next = JSON.stringify([zone, distance, rotation]);
    if (crystal && id !== crystal) tell(`crystal ${called(id)}`);
    else if (pose && next !== pose) tell(`turned ${called(id)}`);
    crystal = id;
    pose = next;
  };
  newView.listen(look);
  newFrame.listen(look);
  saved.listen((name) => tell(`export ${name.split(".").pop()}`));
  addEventListener("beforeprint", () => tell("export print"));
}

// A page that the service worker had kept may be read without a line.
if (!optsOut(navigator) && !root.hasAttribute("data-kept")) begin((line) => void (navigator.onLine && navigator.sendBeacon("/v", line)));
