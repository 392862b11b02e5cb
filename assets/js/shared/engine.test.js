import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

/** The engine's worker: keeps what it is told. */
class FakeWorker {
  constructor() {
    FakeWorker.last = this;
    this.told = [];
  }
  postMessage(message) {
    this.told.push(message);
  }
  terminate() {}
  /** The requests that it got. */
  get requests() {
    return this.told.filter((m) => m.request).map((m) => JSON.parse(m.request));
  }
  say(data) {
    this.onmessage({ data });
  }
  /** Answers the request that is at work. */
  answer(reply = {}) {
    this.say({ type: "reply", json: JSON.stringify(reply), svg: "", marks: null });
  }
}

let number = 0;
/** @type {typeof import('./engine.js')} */
let engine;
/** @type {FakeWorker} */
let worker;

beforeEach(async () => {
  globalThis.document = { documentElement: { dataset: { engine: "/e.wasm", exec: "/x.js" } } };
  globalThis.location = { href: "https://example.org/sim" };
  globalThis.Worker = FakeWorker;
  Object.defineProperty(globalThis, "navigator", { value: { hardwareConcurrency: 4 }, configurable: true });
  engine = await import(`./engine.js?${++number}`);
  engine.start();
  worker = FakeWorker.last;
});

/** Sends frames while another request is at work, and returns what comes of them. */
function frames(...requests) {
  worker.say({ type: "ready" });
  engine.send({ op: "view" });
  let done = 0;
  for (const request of requests) engine.sendFrame(request, () => done++);
  const before = worker.requests.length;
  for (let n = 0; n < 20; n++) worker.answer();
  const got = worker.requests.slice(before).map(({ seq, light, took, ...rest }) => (assert.ok(light && (took ?? 1) > 0), rest));
  assert.equal(done, got.length);
  return got;
}

test("requests wait for the engine and come one at a time, in order", async () => {
  const order = [];
  engine.send({ op: "open" }).then(() => order.push("open"));
  engine.send({ op: "zone" }).then(() => order.push("zone"));
  engine.send({ op: "restore" }, null, { first: true }).then(() => order.push("restore"));
  assert.deepEqual(worker.requests, []);
  worker.say({ type: "ready" });
  assert.deepEqual(worker.requests.map((r) => [r.op, r.seq]), [["restore", 1]]);
  worker.answer();
  worker.answer();
  assert.deepEqual(worker.requests.map((r) => r.op), ["restore", "open", "zone"]);
  worker.answer();
  await new Promise((done) => setTimeout(done));
  assert.deepEqual(order, ["restore", "open", "zone"]);
});

test("where there can be no worker the page hears of it, and may try again", async () => {
  globalThis.Worker = class {
    constructor() {
      throw new Error("no workers here");
    }
  };
  const heard = [];
  engine.news.listen((news) => heard.push(news.type === "failed" ? news.message : news.type));
  engine.start();
  assert.deepEqual(heard.slice(-2), ["started", "Error: no workers here"]);
  const answer = engine.send({ op: "view" });
  globalThis.Worker = FakeWorker;
  engine.start();
  FakeWorker.last.say({ type: "ready" });
  FakeWorker.last.answer({ ok: true });
  assert.equal((await answer).reply.ok, true);
});

test("tilts and turns that wait add up", () => {
  assert.deepEqual(frames({ op: "tilt", x: 1, y: 0.5 }, { op: "tilt", x: 2 }, { op: "tilt", y: -1 }), [{ op: "tilt", x: 3, y: -0.5 }]);
});

test("turns add up, but not with one to an angle", () => {
  assert.deepEqual(frames({ op: "rotate", deg: 3 }, { op: "rotate", deg: -5 }), [{ op: "rotate", deg: -2 }]);
});

test("a turn to an angle stays by itself", () => {
  assert.deepEqual(frames({ op: "rotate", deg: 3 }, { op: "rotate", text: "30" }, { op: "rotate", deg: 1 }), [{ op: "rotate", deg: 3 }, { op: "rotate", text: "30" }, { op: "rotate", deg: 1 }]);
});

test("zooms multiply, at the last place; fit stays by itself", () => {
  assert.deepEqual(frames({ op: "zoom", factor: 2, x: 1, y: 1 }, { op: "zoom", factor: 1.5, x: 3, y: 4 }), [{ op: "zoom", factor: 3, x: 3, y: 4 }]);
});

test("a zoom to fit stays by itself", () => {
  assert.deepEqual(frames({ op: "zoom", factor: 2 }, { op: "zoom", fit: true }), [{ op: "zoom", factor: 2 }, { op: "zoom", fit: true }]);
});

test("of the moves of a drag the last one counts; its start and end stay", () => {
  const [start, a, b] = [{ op: "drag", stage: "start", x: 0 }, { op: "drag", stage: "move", x: 1 }, { op: "drag", stage: "move", x: 2 }];
  assert.deepEqual(frames(start, a, b, { op: "drag", stage: "end", x: 2 }), [start, b, { op: "drag", stage: "end", x: 2 }]);
});

test("settings that wait become one, the later one counts", () => {
  const set = (values) => ({ op: "set", set: { values } });
  assert.deepEqual(frames(set({ kv: "100", cl: "300" }), set({ kv: "120" })), [set({ kv: "120", cl: "300" })]);
});

test("of the steps of a turn to a zone the last one counts", () => {
  assert.deepEqual(frames({ op: "glide", x: 0.2 }, { op: "glide", x: 0.6 }), [{ op: "glide", x: 0.6 }]);
});

test("frames of two kinds take turns", () => {
  assert.deepEqual(frames({ op: "zoom", factor: 2, x: 0, y: 0 }, { op: "rotate", deg: 1 }, { op: "zoom", factor: 2, x: 0, y: 0 }, { op: "rotate", deg: 2 }), [
    { op: "zoom", factor: 4, x: 0, y: 0 },
    { op: "rotate", deg: 3 },
  ]);
});

test("a frame is not merged past a request that changes something else", () => {
  worker.say({ type: "ready" });
  engine.send({ op: "view" });
  engine.sendFrame({ op: "tilt", x: 1 }, () => {});
  engine.send({ op: "snap" });
  engine.sendFrame({ op: "tilt", x: 2 }, () => {});
  for (let n = 0; n < 5; n++) worker.answer();
  assert.deepEqual(worker.requests.map((r) => [r.op, r.x]), [["view", undefined], ["tilt", 1], ["snap", undefined], ["tilt", 2]]);
});

test("a failure fails what is at work, and what waits is done after a new start", async () => {
  worker.say({ type: "ready" });
  const lost = engine.send({ op: "view" });
  const kept = engine.send({ op: "table" });
  worker.say({ type: "failed", message: "out of memory" });
  await assert.rejects(lost, /out of memory/);
  assert.equal(engine.isReady(), false);
  engine.start();
  FakeWorker.last.say({ type: "ready" });
  FakeWorker.last.answer({ ok: true });
  assert.equal((await kept).reply.ok, true);
});

test("a job goes to the pool; without one the engine does it", async () => {
  worker.say({ type: "ready" });
  // Here no worker gets as far as a result.
  worker.say({ type: "job", id: 7, job: new Uint8Array(8), module: {}, exec: "/x.js" });
  await new Promise((done) => setTimeout(done, 50));
  assert.notEqual(FakeWorker.last, worker, "the pool has started no worker");
  FakeWorker.last.onerror({ message: "blocked" });
  await new Promise((done) => setTimeout(done, 50));
  assert.deepEqual(worker.told.at(-1), { type: "solved", id: 7, result: null });
});
