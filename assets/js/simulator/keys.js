// @ts-check
// The keys of the pattern, while it has the focus.

import { $ } from "../shared/dom.js";
import { named } from "../shared/keyboard.js";
import { signal } from "../shared/signal.js";
import { act, gesture, now } from "./app.js";
import { edited } from "./field.js";
import { field } from "./pattern.js";
import { step } from "./pad.js";
import { mute, announce } from "./announce.js";
import { toast } from "./messages.js";
import { keeping, toggleRow } from "./row.js";
import * as spot from "./spot.js";
import { measuring, useTool } from "./tool.js";

/** A key asks for what a button of this name does (main.js). @type {import('../shared/signal.js').Signal<[name: "undo" | "redo" | "help" | "search"]>} */
export const commanded = signal();

let walking = false;

/** @type {Record<string, [number, number, string]>} */
const ARROWS = { ArrowUp: [0, 1, "up"], ArrowDown: [0, -1, "down"], ArrowLeft: [-1, 0, "left"], ArrowRight: [1, 0, "right"] };
const OVERLAYS = "ikhdg";
const ZOOM = 1.15;

/** @param {KeyboardEvent} event */
const times = (event) => step() * (event.shiftKey ? 10 : event.altKey ? 0.1 : 1);

/** @type {Record<string, number>} */
const TURNS = { ",": 1, "<": 1, ".": -1, ">": -1 };

/** @param {KeyboardEvent} event @param {string} key its name @returns {boolean} whether the key meant something */
function press(event, key) {
  const arrow = ARROWS[key];
  if (arrow) {
    const [x, y, dir] = arrow;
    if (walking) spot.walk(dir);
    else move({ op: "tilt", x: x * times(event), y: y * times(event), ...keeping() });
    return true;
  }
  const turn = TURNS[key];
  if (turn) {
    move({ op: "rotate", deg: turn * times(event) });
    return true;
  }
  if (walking && (key === "Enter" || key === " ")) {
    spot.enter();
    return true;
  }
  if (event.repeat && !"+-=".includes(key)) return false;
  return letter(key);
}

/** @param {import('../shared/protocol').Request} request */
function move(request) {
  mute(true);
  gesture(request);
}

/** @param {string} key */
function letter(key) {
  switch (key) {
    case "+": case "=":
      move({ op: "zoom", factor: ZOOM });
      return true;
    case "-": case "−":
      move({ op: "zoom", factor: 1 / ZOOM });
      return true;
    case "0":
      act({ op: "zoom", fit: true });
      return true;
    case "]": case "[":
      act({ op: "common", step: key === "]" ? 1 : -1 });
      return true;
    case "Backspace":
      commanded.emit("undo");
      return true;
    case "/":
      commanded.emit("search");
      return true;
    case "?":
      commanded.emit("help");
      return true;
    case "Escape":
      return leave();
    case "Enter":
      return walk(true);
  }
  if (key === "s") act({ op: "snap" });
  else if (key === "l") toggleRow();
  else if (key === "z") $("#zone").select(), $("#zone").focus();
  else if (key === "f") return walk(!walking);
  else if (key === "m") {
    if (measuring()) return leave();
    useTool("measure");
    return walk(true);
  } else if (key.length === 1 && OVERLAYS.includes(key)) toggle(key);
  else return false;
  return true;
}

/** @param {string} overlay */
export function toggle(overlay) {
  const off = now.view?.off?.find((o) => o.key === "o" && o.codes?.includes(overlay));
  if (off) return void toast(off.why);
  act({ op: "set", set: { values: { o: (now.view?.values.o.includes(overlay) ? "-" : "+") + overlay } } });
}

/** @param {boolean} on */
function walk(on) {
  walking = on;
  field.dataset.walking = String(on);
  if (on) spot.walk("next");
  else announce("Arrow keys tilt again.");
  return true;
}

/** Ends whatever mode is on. */
function leave() {
  const busy = walking || spot.isOpen() || measuring();
  walking = false;
  field.dataset.walking = "false";
  spot.hideTip();
  spot.close();
  useTool("tilt");
  return busy;
}

field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
  if (event.metaKey || event.isComposing) return;
  // AltGr comes as Ctrl and Alt on some systems.
  if (event.ctrlKey && !event.getModifierState("AltGraph")) return;
  const key = named(event);
  if (!key || (event.altKey && key.length > 1 && !key.startsWith("Arrow"))) return;
  if (press(event, key)) event.preventDefault();
});

field.addEventListener("keyup", () => mute(false));
field.addEventListener("blur", () => {
  mute(false);
  spot.hideTip();
});

addEventListener("keydown", (event) => {
  if (event.key === "Escape") spot.hideTip();
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = named(event);
  if ((key !== "z" && key !== "y") || edited(event.target)) return;
  event.preventDefault();
  if (key === "y" || event.shiftKey) commanded.emit("redo");
  else commanded.emit("undo");
});
