import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { pathToFileURL } from "node:url";

import { startWorker } from "./worker.js";

const SCRIPT = new URL("https://zone.example/static/workers/engine-worker.js");

/** Workers as they were started. @type {{address: string, how: object}[]} */
let started = [];

globalThis.Worker = class {
  constructor(address, how) {
    started.push({ address: String(address), how });
  }
};

afterEach(() => {
  started = [];
  delete globalThis.origin;
});

test("a worker starts by its address", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  globalThis.origin = SCRIPT.origin;
  startWorker(SCRIPT, "engine");
  assert.deepEqual(started, [{ address: SCRIPT.href, how: { type: "module", name: "engine" } }]);
});

test("without an origin it starts as a text that imports the script", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  globalThis.origin = "null";
  const script = join(mkdtempSync(join(tmpdir(), "zoneaxis-")), "heard.mjs");
  writeFileSync(script, "globalThis.listen(({ data }) => globalThis.hear(data));");
  startWorker(pathToFileURL(script), "engine");
  const [{ address, how }] = started;
  assert.match(address, /^blob:/);
  assert.deepEqual(how, { name: "engine" });
  const text = await (await fetch(address)).text();
  t.mock.timers.tick(60_000);
  await assert.rejects(fetch(address), "the text is kept for ever");

  // What was said before the script was there is heard by it, in order.
  const inside = new EventTarget();
  const worker = { onmessage: null, dispatchEvent: (event) => inside.dispatchEvent(event) };
  globalThis.listen = (f) => inside.addEventListener("message", f);
  const heard = new Promise((done) => {
    const all = [];
    globalThis.hear = (data) => all.push(data) === 2 && done(all);
  });
  new Function("worker", `with (worker) { ${text} }`)(worker);
  for (const data of [1, 2]) worker.onmessage({ data });
  assert.deepEqual(await heard, [1, 2]);
  assert.equal(worker.onmessage, null, "it goes on listening");
});
