// @ts-check
// Workers that calculate. Each runs the engine's program in the role of a
// solver: numbers in, numbers out. They start when there is work, from the
// program that the engine's worker has compiled, and end after a minute of rest.

import { startWorker } from "../shared/worker.js";

const REST_MS = 60_000;

/** @typedef {{job: Uint8Array, priority: number, done: (result: Uint8Array) => void, fail: (why: unknown) => void}} Order */
/** @typedef {{worker: Worker, order: Order | null, rest: ReturnType<typeof setTimeout> | undefined}} Solver */

export class Pool {
  /** @type {Order[]} */
  #waiting = [];
  /** @type {Solver[]} */
  #solvers = [];
  #begin;
  #most;
  #rest;

  /**
   * @param {() => Worker} begin starts a worker
   * @param {number} [most] workers at a time: a core is left to the page
   * @param {number} [rest] ms without work after which a worker ends
   */
  constructor(begin, most = Math.max((navigator.hardwareConcurrency || 2) - 1, 1), rest = REST_MS) {
    this.#begin = begin;
    this.#most = most;
    this.#rest = rest;
  }

  /**
   * Has a job done. Jobs of a higher priority come first, others in the order in
   * which they were given. The bytes are handed over: the caller has them no more.
   * Fails if there can be no worker, if it breaks down or does not know the job,
   * and with the signal's reason when that stops it.
   * @param {Uint8Array} job
   * @param {{priority?: number, signal?: AbortSignal}} [how]
   * @returns {Promise<Uint8Array>}
   */
  run(job, { priority = 0, signal } = {}) {
    return new Promise((done, fail) => {
      signal?.throwIfAborted();
      /** @type {Order} */
      const order = { job, priority, done, fail };
      const later = this.#waiting.findIndex((other) => other.priority < priority);
      this.#waiting.splice(later < 0 ? this.#waiting.length : later, 0, order);
      signal?.addEventListener("abort", () => this.#stop(order, signal.reason), { once: true });
      this.#next();
    });
  }

  /** Gives work to workers, as far as there are both. */
  #next() {
    while (this.#waiting.length > 0) {
      let solver = this.#solvers.find((one) => !one.order);
      if (!solver) {
        if (this.#solvers.length >= this.#most) return;
        try {
          solver = this.#start();
        } catch (error) {
          if (this.#solvers.length > 0) return; // those that there are do it
          for (const order of this.#waiting.splice(0)) order.fail(error);
          return;
        }
      }
      const order = /** @type {Order} */ (this.#waiting.shift());
      solver.order = order;
      clearTimeout(solver.rest);
      solver.worker.postMessage({ job: order.job }, [order.job.buffer]);
    }
  }

  #start() {
    /** @type {Solver} */
    const solver = { worker: this.#begin(), order: null, rest: undefined };
    this.#solvers.push(solver);
    solver.worker.onmessage = ({ data }) => {
      const order = solver.order;
      if (data.failed) return this.#end(solver, new Error(data.failed));
      solver.order = null;
      solver.rest = setTimeout(() => this.#end(solver), this.#rest);
      if (data.result) order?.done(data.result);
      else order?.fail(new Error("solver: it does not know this job"));
      this.#next();
    };
    solver.worker.onerror = (event) => this.#end(solver, new Error(event.message || "solver: it did not start"));
    return solver;
  }

  /** @param {Solver} solver @param {unknown} [why] */
  #end(solver, why) {
    clearTimeout(solver.rest);
    solver.worker.terminate();
    this.#solvers = this.#solvers.filter((one) => one !== solver);
    solver.order?.fail(why);
    this.#next();
  }

  /**
   * A worker that calculates looks at no message, so it is ended; another one
   * starts within the time that a page takes to be drawn a few times.
   * @param {Order} order
   * @param {unknown} why
   */
  #stop(order, why) {
    const solver = this.#solvers.find((one) => one.order === order);
    if (solver) return this.#end(solver, why);
    this.#waiting = this.#waiting.filter((other) => other !== order);
    order.fail(why);
  }
}

/** The pool of the page, when it has been needed. @type {Pool | undefined} */
let pool;
/** What the engine waits for, by its number. @type {Map<number, AbortController>} */
const asked = new Map();

/**
 * Does what the engine's worker asks for: a job, or to drop one. The answer has
 * no bytes if it has to do the work itself.
 * @param {Worker} engine
 * @param {{id: number, job?: Uint8Array, module?: WebAssembly.Module, exec?: string}} message
 *   without a job: drop it; with one: the compiled program and the address of
 *   the script that runs it
 */
export async function serve(engine, { id, job, module, exec }) {
  if (!job) return asked.get(id)?.abort();
  const stop = new AbortController();
  asked.set(id, stop);
  let result = null;
  try {
    pool ??= new Pool(() => {
      const worker = startWorker(new URL("solver.js", import.meta.url), "solver");
      worker.postMessage({ module, exec });
      return worker;
    });
    result = await pool.run(job, { priority: 1, signal: stop.signal });
  } catch {
    // The engine does it.
  }
  asked.delete(id);
  engine.postMessage({ type: "solved", id, result }, result ? [result.buffer] : []);
}
