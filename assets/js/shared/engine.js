// @ts-check
// The page's side of the engine: a queue of requests, one at the worker at a
// time. Requests made before it is ready wait; frames of a gesture that has
// moved on are merged.

import { page } from "./dom.js";
import { ENGINE_SIMD, EXEC, LIBRARY, READER, STRUCTURES } from "./files.js";
import { signal } from "./signal.js";
import { hasVectors } from "./vectors.js";
import { startWorker } from "./worker.js";

/** @typedef {import('./protocol').Request} Wish */
/** @typedef {import('./protocol').Reply} Reply */
/** @typedef {{reply: Reply, svg: string, marks: ArrayBuffer | null}} Answer */
/** @typedef {{request: Wish, payload: Uint8Array | null, frame: boolean, done: (a: Answer) => void, fail: (e: Error) => void}} Job */

/** @type {Job[]} */
const queue = [];
/** @type {Job | null} */
let running = null;
/** @type {Worker | null} */
let worker = null;
let ready = false;
let seq = 0;
/** When the running request was handed over, and what the last frame took, ms. */
let since = 0;
let took = 0;

/** Hears of the end of a calculation. @type {((reply: Reply) => void) | null} */
let calculated = null;

/**
 * How the engine gets on; who comes late hears the last at once.
 * @typedef {{type: "started"} | {type: "progress", part: number} | {type: "ready"} | {type: "failed", message: string}} News
 */
/** @type {import('./signal.js').Signal<[news: News]>} */
export const news = signal({ keeps: true });

export const isReady = () => ready;

/** Loads the engine; again after a failure. */
export function start() {
  worker?.terminate();
  ready = false;
  news.emit({ type: "started" });
  try {
    worker = startWorker(new URL("../workers/engine-worker.js", import.meta.url), "engine");
  } catch (error) {
    worker = null;
    return failed(String(error));
  }
  worker.onmessage = (event) => receive(event.data);
  worker.onerror = (event) => failed(event.message || "The worker did not start.");
  worker.postMessage({
    type: "start",
    engine: new URL(hasVectors() ? ENGINE_SIMD : (page.engine ?? ""), location.href).href,
    exec: new URL(EXEC, location.href).href,
    reader: new URL(READER, location.href).href,
    library: [LIBRARY, STRUCTURES].map((part) => new URL(part, location.href).href),
    size: Number(page.engineRaw) || 0,
  });
}

/** @param {any} message */
function receive(message) {
  switch (message.type) {
    case "progress":
      return news.emit(message);
    case "ready":
      ready = true;
      news.emit(message);
      return pump();
    case "failed":
      return failed(message.message);
    case "job": {
      const engine = /** @type {Worker} */ (worker);
      return void import("../workers/pool.js").then((pool) => pool.serve(engine, message)).catch(() => engine.postMessage({ type: "solved", id: message.id }));
    }
    case "calculated":
      calculated?.(JSON.parse(message.json));
      return (calculated = null);
    case "reply": {
      const job = running;
      const reply = JSON.parse(message.json);
      if (reply.need === "library" && job) return hand(job, true);
      running = null;
      if (job?.frame) took = Math.round(performance.now() - since);
      job?.done({ reply, svg: message.svg, marks: message.marks });
      return pump();
    }
  }
}

/** @param {string} message */
function failed(message) {
  ready = false;
  const job = running;
  running = null;
  job?.fail(new Error(message));
  calculated?.({ seq: 0, ok: false });
  news.emit({ type: "failed", message });
}

/**
 * Solves the dynamical pattern of the present state beside other requests. The
 * reply is empty if the state changes meanwhile, or after cancel.
 * @returns {Promise<Reply>}
 */
export const calculate = () =>
  new Promise((done) => {
    calculated = done;
    worker?.postMessage({ type: "calculate" });
  });

export const cancel = () => worker?.postMessage({ type: "cancel" });

function pump() {
  if (!ready || running || !worker) return;
  const job = queue.shift();
  if (!job) return;
  running = job;
  job.request.seq = ++seq;
  since = performance.now();
  if (job.frame && took) job.request.took = took;
  hand(job);
}

/** @param {Job} job @param {boolean} [library] the engine cannot answer without it */
function hand(job, library = false) {
  worker?.postMessage({ request: JSON.stringify(job.request), payload: job.payload, library });
}

/**
 * Sends a request. The answer comes in the order of the requests.
 * @param {Wish} request
 * @param {Uint8Array | null} [payload]
 * @param {{first?: boolean}} [how] first: before everything that waits
 * @returns {Promise<Answer>}
 */
export function send(request, payload = null, how = {}) {
  return new Promise((done, fail) => {
    const job = { request, payload, frame: false, done, fail };
    if (how.first) queue.unshift(job);
    else queue.push(job);
    pump();
  });
}

/**
 * Sends one frame of a gesture. If a frame of the same kind still waits the two
 * become one, if they can; then done is called once.
 * @param {Wish} request
 * @param {(a: Answer) => void} done
 */
export function sendFrame(request, done) {
  for (let i = queue.length - 1; i >= 0 && queue[i].frame; i--) {
    if (merge(queue[i].request, request)) return;
    if (queue[i].request.op === request.op) break; // the order of these two counts
  }
  queue.push({ request: { ...request, light: true }, payload: null, frame: true, done, fail: () => {} });
  pump();
}

/**
 * Takes next into last if both are steps of one movement.
 * @param {Wish} last
 * @param {Wish} next
 */
export function merge(last, next) {
  if (last.op !== next.op) return false;
  const add = (/** @type {number | undefined} */ a, /** @type {number | undefined} */ b) => (a ?? 0) + (b ?? 0);
  switch (next.op) {
    case "drag":
      if (last.stage !== "move" || next.stage !== "move") return false;
      Object.assign(last, next, { light: true });
      return true;
    case "glide":
      last.x = next.x;
      return true;
    case "set":
      last.set = { ...last.set, ...next.set, values: { ...last.set?.values, ...next.set?.values } };
      return true;
    case "tilt":
      last.x = add(last.x, next.x);
      last.y = add(last.y, next.y);
      return true;
    case "rotate":
      if (last.text !== undefined || next.text !== undefined) return false;
      last.deg = add(last.deg, next.deg);
      return true;
    case "zoom":
      if (last.fit || next.fit) return false;
      last.factor = (last.factor ?? 1) * (next.factor ?? 1);
      last.x = next.x;
      last.y = next.y;
      return true;
  }
  return false;
}
