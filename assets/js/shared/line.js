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

/** Whether the visitor saves data, or has a slow line: what is large comes when asked for only. */
export function thin() {
  const line = /** @type {any} */ (navigator).connection;
  return line?.saveData === true || /2g/.test(line?.effectiveType ?? "");
}
