import assert from "node:assert/strict";
import { test } from "node:test";

// What the page's scripts ask of a browser while they load.
const node = () => new Proxy(function () {}, { get: (_, name) => (name === Symbol.toPrimitive ? () => "" : name === Symbol.iterator ? undefined : node()), apply: node, construct: node, set: () => true });
for (const name of ["document", "window", "matchMedia", "addEventListener", "ResizeObserver", "devicePixelRatio", "location", "history", "localStorage"]) globalThis[name] ??= node();
Object.defineProperty(globalThis, "navigator", { value: { doNotTrack: "1" } });

const { begin, optsOut } = await import("./visits.js");
const { newFrame, newView, now, saved } = await import("./app.js");

test("who asks not to be followed", () => {
  assert.equal(optsOut({}), false);
  assert.equal(optsOut({ doNotTrack: "1" }), true);
  assert.equal(optsOut({ doNotTrack: "unspecified", globalPrivacyControl: false }), false);
  assert.equal(optsOut({ globalPrivacyControl: true }), true);
});

test("what is told, each once, and nothing of one's own crystals", () => {
  const sent = [];
  begin((line) => sent.push(line));
  const show = (id, distance, whole = true) => {
    now.frame = { zone: [{ t: "[110]" }], distance, rotation: "0" };
    if (whole) now.view = { crystal: { id }, frame: now.frame };
    newFrame.emit(now.frame);
    if (whole) newView.emit(now.view, {});
  };
  const tells = (what, lines) => assert.deepEqual(sent.splice(0), lines, what);
  show("lib-si", "0");
  tells("the page as it came", []);
  show("lib-si", "0");
  tells("nothing new", []);
  show("lib-si", "1", false);
  show("lib-si", "2", false);
  show("lib-si", "2");
  tells("turned", ["turned lib-si"]);
  show("mp-30", "0");
  tells("another crystal, which lies otherwise", ["crystal mp-30"]);
  show("My secret alloy", "0");
  tells("a file", ["crystal own"]);
  show("My secret alloy", "3");
  tells("a file, turned", ["turned own"]);
  saved.emit("My secret alloy 110.svg");
  saved.emit("Other.svg");
  tells("saved", ["export svg"]);
  for (let i = 0; i < 100; i++) show(`mp-${i + 1}`, "0");
  assert.equal(sent.length, 25, "bounded");
});
