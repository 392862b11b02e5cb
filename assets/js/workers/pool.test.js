import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Pool } from "./pool.js";

/** A worker that does a job when the test says so. */
class FakeWorker {
  /** @type {FakeWorker[]} */
  static all = [];
  constructor() {
    FakeWorker.all.push(this);
    this.ended = false;
    this.jobs = [];
  }
  postMessage({ job }, transfer) {
    assert.deepEqual(transfer, [job.buffer]);
    assert.ok(!this.ended, "a job for a worker that has ended");
    this.jobs.push(job[0]);
  }
  terminate() {
    this.ended = true;
  }
  /** Ends the job at work: doubles its byte. */
  finish() {
    this.onmessage({ data: { result: new Uint8Array([2 * this.jobs.at(-1)]) } });
  }
}

const job = (n) => new Uint8Array([n]);
const start = () => new FakeWorker();
const soon = (ms = 0) => new Promise((done) => setTimeout(done, ms));
const living = () => FakeWorker.all.filter((w) => !w.ended);

beforeEach(() => (FakeWorker.all = []));

test("no worker starts before there is work, and a second job finds the first worker", async () => {
  const pool = new Pool(start, 4, 500);
  assert.equal(FakeWorker.all.length, 0);
  const first = pool.run(job(3));
  FakeWorker.all[0].finish();
  assert.deepEqual(await first, new Uint8Array([6]));
  const second = pool.run(job(4));
  FakeWorker.all[0].finish();
  assert.deepEqual(await second, new Uint8Array([8]));
  assert.equal(FakeWorker.all.length, 1);
  FakeWorker.all[0].terminate();
});

test("as many workers as allowed; what is left waits in order", async () => {
  const pool = new Pool(start, 2, 10);
  const results = Promise.all([1, 2, 3, 4, 5].map((n) => pool.run(job(n))));
  assert.deepEqual(FakeWorker.all.map((w) => w.jobs), [[1], [2]]);
  const [a, b] = FakeWorker.all;
  b.finish();
  assert.deepEqual([a.jobs, b.jobs], [[1], [2, 3]]);
  a.finish();
  b.finish();
  assert.deepEqual([a.jobs, b.jobs], [[1, 4], [2, 3, 5]]);
  a.finish();
  b.finish();
  assert.deepEqual((await results).map((r) => r[0]), [2, 4, 6, 8, 10]);
  await soon(30);
});

test("jobs of a higher priority come first", async () => {
  const pool = new Pool(start, 1, 10);
  const all = [pool.run(job(1)), pool.run(job(2)), pool.run(job(3), { priority: 1 }), pool.run(job(4), { priority: 2 }), pool.run(job(5), { priority: 1 })];
  for (let n = 0; n < 5; n++) FakeWorker.all[0].finish();
  assert.deepEqual(FakeWorker.all[0].jobs, [1, 4, 3, 5, 2]);
  await Promise.all(all);
  await soon(30);
});

test("cancel takes a job that waits out, and ends the worker of one at work", async () => {
  const pool = new Pool(start, 1, 10);
  const stop = [new AbortController(), new AbortController()];
  const working = pool.run(job(1), { signal: stop[0].signal });
  const waits = pool.run(job(2), { signal: stop[1].signal });
  const last = pool.run(job(3));
  stop[1].abort();
  await assert.rejects(waits, { name: "AbortError" });
  assert.deepEqual(FakeWorker.all.map((w) => w.jobs), [[1]]);
  stop[0].abort();
  await assert.rejects(working, { name: "AbortError" });
  assert.deepEqual(FakeWorker.all.map((w) => [w.jobs, w.ended]), [[[1], true], [[3], false]]);
  FakeWorker.all[1].finish();
  assert.deepEqual(await last, new Uint8Array([6]));
  stop[0].abort(); // once more: nothing
  assert.equal(living().length, 1);
  await assert.rejects(pool.run(job(4), { signal: stop[0].signal }), { name: "AbortError" });
  await soon(30);
});

test("a cancel after the result does no harm", async () => {
  const pool = new Pool(start, 1, 1000);
  const stop = new AbortController();
  const done = pool.run(job(1), { signal: stop.signal });
  FakeWorker.all[0].finish();
  await done;
  const next = pool.run(job(2));
  stop.abort();
  assert.equal(FakeWorker.all[0].ended, false);
  FakeWorker.all[0].finish();
  assert.deepEqual(await next, new Uint8Array([4]));
  FakeWorker.all[0].onerror({});
});

test("a worker ends after its rest, not while it works", async () => {
  const pool = new Pool(start, 2, 40);
  const first = pool.run(job(1));
  const second = pool.run(job(2));
  const [a, b] = FakeWorker.all;
  a.finish();
  await first;
  await soon(80);
  assert.deepEqual([a.ended, b.ended], [true, false]);
  b.finish();
  await second;
  await soon(20);
  const third = pool.run(job(3)); // within the rest of b
  assert.deepEqual(b.jobs, [2, 3]);
  await soon(60);
  assert.equal(b.ended, false);
  b.finish();
  await third;
  await soon(80);
  assert.equal(living().length, 0);
  const again = pool.run(job(4));
  assert.equal(FakeWorker.all.length, 3);
  FakeWorker.all[2].finish();
  await again;
  await soon(80);
});

test("a worker that breaks down fails its job alone", async () => {
  const pool = new Pool(start, 1, 10);
  const [lost, failed, refused, kept] = [1, 2, 3, 4].map((n) => pool.run(job(n)));
  FakeWorker.all[0].onerror({ message: "out of memory" });
  await assert.rejects(lost, /out of memory/);
  FakeWorker.all[1].onmessage({ data: { failed: "solver: it stopped" } });
  await assert.rejects(failed, /it stopped/);
  FakeWorker.all[2].onmessage({ data: { result: null } });
  await assert.rejects(refused, /does not know this job/);
  FakeWorker.all[2].finish();
  assert.deepEqual(await kept, new Uint8Array([8]));
  assert.deepEqual(FakeWorker.all.map((w) => w.ended), [true, true, false]);
  await soon(30);
});

test("without workers every job fails", async () => {
  const pool = new Pool(() => {
    throw new Error("no workers here");
  }, 2);
  await assert.rejects(pool.run(job(1)), /no workers here/);
  await assert.rejects(pool.run(job(2)), /no workers here/);
});

test("when no more workers start those that there are do the work", async () => {
  let left = 1;
  const pool = new Pool(() => {
    if (left-- === 0) throw new Error("enough");
    return new FakeWorker();
  }, 4, 10);
  const both = Promise.all([pool.run(job(1)), pool.run(job(2))]);
  FakeWorker.all[0].finish();
  FakeWorker.all[0].finish();
  assert.deepEqual((await both).map((r) => r[0]), [2, 4]);
  await soon(30);
});
