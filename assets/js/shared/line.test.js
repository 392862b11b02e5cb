// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

/** @type {any} */
const scope = globalThis;
const window = new EventTarget();
scope.addEventListener = window.addEventListener.bind(window);
scope.removeEventListener = window.removeEventListener.bind(window);
scope.document = Object.assign(new EventTarget(), { visibilityState: "visible" });

const { insist } = await import("./line.js");

/** Lets what was promised run. */
const settle = async () => {
  for (let i = 0; i < 20; i++) await null;
};

test("what did not come is asked for again: soon, later, at once when the line is back, never unseen, not for ever", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const after = async (/** @type {number} */ ms) => {
    t.mock.timers.tick(ms);
    await settle();
  };
  /** @type {number[]} */
  const tries = [];
  let there = 0; // the try that succeeds
  const ask = async (/** @type {number} */ n) => {
    tries.push(n);
    if (n !== there) throw new Error(`not at try ${n}`);
    return "come";
  };

  there = 5;
  const come = insist(ask);
  await after(14_000);
  assert.deepEqual(tries, []);
  await after(1000);
  assert.deepEqual(tries, [1]);
  await after(29_000);
  assert.deepEqual(tries, [1], "the second takes longer");
  window.dispatchEvent(new Event("online"));
  await settle();
  assert.deepEqual(tries, [1, 2], "the line is back");
  await after(60_000);
  assert.deepEqual(tries, [1, 2, 3]);
  scope.document.visibilityState = "hidden";
  await after(600_000);
  assert.deepEqual(tries, [1, 2, 3], "nobody looks");
  scope.document.visibilityState = "visible";
  scope.document.dispatchEvent(new Event("visibilitychange"));
  await settle();
  assert.deepEqual(tries, [1, 2, 3, 4], "somebody looks");
  window.dispatchEvent(new Event("online"));
  assert.equal(await come, "come");

  tries.length = there = 0;
  const never = assert.rejects(insist(ask), /not at try 7/);
  for (let i = 0; i < 12; i++) await after(1e7);
  await never;
  assert.deepEqual(tries, [1, 2, 3, 4, 5, 6, 7]);
});
