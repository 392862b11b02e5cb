// @ts-check
// The line to the server. A machine may say that it is online while its line is
// cut, so the server is asked; lightly, and only when there is a reason.

import { signal } from "./signal.js";

const PATIENCE_MS = 8000;

/** Whether the server answered when it was last asked. @type {import('./signal.js').Signal<[up: boolean]>} */
export const answered = signal({ keeps: true });

/** @type {Promise<boolean> | null} */
let asking = null;

/** Asks the server whether it is there. */
export const reachable = () => (asking ??= ask().finally(() => (asking = null)));

async function ask() {
  const how = { method: "HEAD", cache: /** @type {const} */ ("no-store"), signal: AbortSignal.timeout(PATIENCE_MS) };
  const up = navigator.onLine && (await fetch("/healthz", how).then(() => true, () => false));
  answered.emit(up);
  return up;
}

const SOON_MS = 15_000;
const TRIES = 7; // the last one half an hour after the first

/**
 * Asks again for what did not come: when the machine says that it is online, and
 * else ever more seldom, since it may have been the server that was away; only
 * while somebody looks at the page.
 * @template T
 * @param {(n: number) => Promise<T>} ask given the number of the try, from 1
 * @returns {Promise<T>} fails as the last try does
 */
export async function insist(ask) {
  for (let n = 1; ; n++) {
    await occasion(SOON_MS * 2 ** (n - 1));
    try {
      return await ask(n);
    } catch (error) {
      if (n === TRIES) throw error;
    }
  }
}

/** @param {number} ms @returns {Promise<void>} when the line is back or the time is over, and the page is seen */
function occasion(ms) {
  return new Promise((done) => {
    const seen = () => {
      if (document.visibilityState !== "visible") return;
      document.removeEventListener("visibilitychange", seen);
      done();
    };
    const now = () => {
      clearTimeout(timer);
      removeEventListener("online", now);
      document.addEventListener("visibilitychange", seen);
      seen();
    };
    const timer = setTimeout(now, ms);
    addEventListener("online", now);
  });
}

/** Whether the visitor saves data, or has a slow line: what is large comes when asked for only. */
export function thin() {
  const line = /** @type {any} */ (navigator).connection;
  return line?.saveData === true || /2g/.test(line?.effectiveType ?? "");
}
