// @ts-check
// What the page knows: the last view, and the one way to change it. A module
// sends a wish with act() or gesture(); who listens to newView and newFrame hears
// of the reply.

import * as engine from "../shared/engine.js";
import { crystalBytes } from "../shared/crystals.js";
import { signal } from "../shared/signal.js";
import * as pattern from "./pattern.js";
import * as history from "./history.js";
import { announce } from "./announce.js";
import { toast, ask } from "./messages.js";

/** @typedef {import('../shared/protocol').Request} Wish */
/** @typedef {import('../shared/protocol').Reply} Reply */
/** @typedef {import('../shared/protocol').View} View */
/** @typedef {import('../shared/protocol').Frame} Frame */
/** @typedef {{payload?: Uint8Array | null, quiet?: boolean, still?: boolean, keep?: boolean, first?: boolean, merge?: string, when?: {from: number, to: number}, undo?: history.Entry}} How
 * quiet: errors are for the caller · still: draws nothing · keep: no entry in the history ·
 * merge: becomes one entry with others of this name · undo: it goes to this entry of the history */

export const now = {
  /** @type {View | null} */ view: null,
  /** @type {Frame | null} */ frame: null,
  link: "",
};

/** A whole view has come; a tool that comes later hears the last. @type {import('../shared/signal.js').Signal<[view: View, reply: Reply]>} */
export const newView = signal({ keeps: true });
/** A frame has come, by itself or with a view. @type {import('../shared/signal.js').Signal<[frame: Frame]>} */
export const newFrame = signal();
/** A file has been saved. @type {import('../shared/signal.js').Signal<[name: string]>} */
export const saved = signal();

/** Operations that may turn the crystal a long way: the eye should be able to follow. */
const turning = new Set(["zone", "go", "snap", "common"]);
const TURN_MS = 250;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Operations that leave the picture as it is. */
const silent = new Set(["parse", "pick", "inspect", "table", "sheet", "tiltplan", "stereogram", "stereonet", "crystalview", "export", "qr"]);

/**
 * Sends a wish and shows what came of it.
 * @param {Wish} request
 * @param {How} [how]
 * @returns {Promise<Reply & {svg?: string}>}
 */
export async function act(request, how = {}) {
  const turns = turning.has(request.op) && !calm.matches && now.view !== null;
  const draw = silent.has(request.op) || how.still || turns ? {} : pattern.how();
  /** @type {engine.Answer} */
  let answer;
  try {
    answer = await engine.send({ ...request, ...draw }, how.payload ?? null, how);
    if (answer.reply.need?.startsWith("#x=")) {
      await unpacked(answer.reply.need.slice(3));
      answer = await engine.send({ ...request, ...draw }, how.payload ?? null, { first: true });
    }
    if (answer.reply.need) {
      const payload = await crystalBytes(answer.reply.need);
      answer = await engine.send({ ...request, ...draw }, payload, { first: true });
    }
  } catch (error) {
    const reply = failure(error);
    if (!how.quiet) show(reply, request);
    return reply;
  }
  const reply = answer.reply;
  if (request.op === "drag") moving = null;
  if (!reply.ok && !how.quiet) show(reply, request);
  if (silent.has(request.op)) return Object.assign(reply, { svg: answer.svg });
  if (!reply.ok) return reply;
  pattern.paint(answer.svg, answer.marks, reply.seq, reply.view?.frame ?? reply.frame);
  take(reply, how);
  if (turns) glide();
  return reply;
}

/** Tells the engine what a packed document says. @param {string} text */
async function unpacked(text) {
  const { unpack } = await import("../shared/fragment.js");
  await engine.send({ op: "document", text }, await unpack(text), { first: true });
}

let gliding = 0;

/** Draws the way to the orientation that has just been reached. */
function glide() {
  cancelAnimationFrame(gliding);
  let began = 0;
  const step = (/** @type {number} */ time) => {
    began ||= time;
    const part = Math.min((time - began) / TURN_MS, 1);
    const x = 1 - (1 - part) ** 3; // ease out
    engine.sendFrame({ op: "glide", x, ...pattern.how() }, ({ reply, svg, marks }) => {
      if (reply.ok) pattern.paint(svg, marks, reply.seq, reply.frame);
    });
    if (part < 1) gliding = requestAnimationFrame(step);
  };
  gliding = requestAnimationFrame(step);
}

/** @param {any} error @returns {Reply} */
const failure = (error) => ({ seq: 0, ok: false, error: error.message, action: error.action });

/**
 * @param {Reply} reply
 * @param {How} how
 */
function take(reply, how) {
  if (reply.link) {
    now.link = reply.link;
    history.link(reply.link, reply.push === true && !how.undo, reply.snapshot ?? "");
  }
  if (how.undo) history.walked(how.undo);
  else if (reply.snapshot && !(how.keep && moving)) history.record(reply.snapshot, reply.change ?? "", how.keep === true, how.merge ?? "", how.when);
  if (reply.view) showView(reply.view, reply);
  else if (reply.frame) showFrame(reply.frame);
  for (const problem of reply.problems ?? []) ask(problem.text, problem.reload ? { label: "Reload", run: () => location.reload() } : undefined);
  for (const note of reply.notes ?? []) ask(note);
  if (reply.toast) toast(reply.toast);
  if (reply.status) announce(reply.status);
}

/**
 * @param {View} view
 * @param {Reply} reply
 */
function showView(view, reply) {
  now.view = view;
  showFrame(view.frame);
  newView.emit(view, reply);
}

/** @param {Frame} frame */
function showFrame(frame) {
  now.frame = frame;
  newFrame.emit(frame);
}

/**
 * Shows the error of a reply with its way out.
 * @param {Reply} reply
 * @param {Wish} request
 */
export function show(reply, request) {
  if (!reply.error) return;
  const action = reply.action;
  ask(reply.error, action && { label: action.label, run: () => follow(action, request) });
}

/**
 * Does what an action of a message offers.
 * @param {import('../shared/protocol').Action} action
 * @param {Wish} [request] the request that failed
 */
export function follow(action, request) {
  if (action.request) return void act(action.request);
  switch (action.do) {
    case "reload":
      return location.reload();
    case "search":
      return void document.getElementById("find")?.focus();
    case "fetch":
    case "retry":
      if (request) void act(request);
  }
}

let settling = 0;
/** @type {{from: number, to: number, merge: string} | null} */
let moving = null;

/**
 * Sends one frame of a gesture: only the picture and a few numbers come back.
 * When no frame follows for a moment the whole view is asked for.
 * @param {Wish} request
 * @param {{open?: boolean, merge?: string}} [how] open: another request will end the gesture
 */
export function gesture(request, how = {}) {
  clearTimeout(settling);
  moving = { from: moving?.from ?? Date.now(), to: Date.now(), merge: how.merge ?? request.op };
  const began = performance.now();
  engine.sendFrame({ ...request, ...pattern.how() }, ({ reply, svg, marks }) => {
    if (!reply.ok) return show(reply, request);
    const came = performance.now();
    pattern.paint(svg, marks, reply.seq, reply.frame);
    if (reply.frame) showFrame(reply.frame);
    performance.measure("frame", { start: began, end: performance.now() });
    performance.measure("paint", { start: came, end: performance.now() });
  });
  if (!how.open) settling = setTimeout(settle, 180);
}

/**
 * Asks for the whole view; after a gesture it is one step of the history.
 * @param {string} [merge]
 */
export function settle(merge = moving?.merge) {
  clearTimeout(settling);
  const when = moving ?? undefined;
  moving = null;
  return act({ op: "view" }, merge ? { merge, when } : { keep: true });
}

/** Draws again, for instance when another stage takes over. */
export const redraw = () => act({ op: "view" }, { keep: true, first: true });

pattern.resized.listen(() => void (now.view && redraw()));
