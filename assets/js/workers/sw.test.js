import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import vm from "node:vm";

const text = await readFile(new URL("sw.js", import.meta.url), "utf8");

/** Waits a hundredth of the time. */
const quick = (f, ms) => setTimeout(f, ms / 100);

/** The caches of a browser, which several builds share. Keys are paths. */
class Caches {
  /** @type {Map<string, Map<string, Response>>} */
  all = new Map();

  async open(name) {
    if (!this.all.has(name)) this.all.set(name, new Map());
    const entries = this.all.get(name);
    const key = (request) => new URL(request.url ?? request, "https://example.org").pathname;
    return {
      match: async (request) => entries.get(key(request))?.clone(),
      put: async (request, answer) => void entries.set(key(request), answer),
      keys: async () => [...entries.keys()].map((path) => ({ url: `https://example.org${path}` })),
    };
  }
  async match(request, { cacheName } = {}) {
    for (const name of cacheName ? [cacheName] : this.all.keys()) {
      const found = await (await this.open(name)).match(request);
      if (found) return found;
    }
  }
  keys = async () => [...this.all.keys()];
  delete = async (name) => this.all.delete(name);
  /** What a build has, sorted. */
  paths = (build) => [...(this.all.get(`zoneaxis-${build}`)?.keys() ?? [])].sort();
}

/** The files of a build, as its manifest lists them. */
const files = (build) => ({
  "engine.wasm": { url: "/static/engine.aa.wasm", size: 900_000, file: "static/engine.aa.wasm" },
  "engine-simd.wasm": { url: "/static/engine-simd.aa.wasm", size: 900_000, file: "static/engine-simd.aa.wasm" },
  "js/main.js": { url: `/static/${build}/js/main.js`, size: 100, file: `static/${build}/js/main.js` },
  "js/sw.js": { url: "/sw.js", size: 100, file: "sw.js" },
  "html/base.tmpl": { size: 100, file: "html/base.tmpl" },
  "pages/library": { size: 100, file: "pages/library/index.html" },
  "pages/away": { url: "", size: 100, file: "pages/away.html" },
  "pages/post": { size: 100, file: "pages/blog/a/index.html" },
  "fonts/inter": { url: "/static/inter.bb.woff2", size: 100, file: "static/inter.bb.woff2" },
  "pages/si": { size: 100, file: "pages/library/si/index.html" },
  "pages/card": { size: 100, file: "pages/blog/a/card.png" },
});

/**
 * The service worker of a build over some caches and a network.
 * @param {string} build
 * @param {Caches} caches
 * @param {(path: string) => Response | undefined} [network] answers first; undefined for what the server has
 * @param {boolean} [vectors] whether WebAssembly has them
 */
function worker(build, caches, network = () => undefined, vectors = true) {
  const heard = {};
  const asked = [];
  const self = { addEventListener: (type, f) => (heard[type] = f), clients: { claim: async () => {} }, skipWaiting() {} };
  const fetch = async (request) => {
    const path = new URL(request.url ?? request, "https://example.org").pathname;
    asked.push(path);
    const given = network(path);
    if (given) return given;
    if (path.endsWith("/manifest.json")) return Response.json({ build, files: files(build) });
    const html = path.startsWith("/static/") ? "" : `<script src="/static/${build}/js/main.js">`;
    return new Response(html, { headers: html ? { "Content-Type": "text/html" } : {} });
  };
  const globals = { self, caches, fetch, URL, Response, File, Headers, DOMException, setTimeout: quick, WebAssembly: { validate: () => vectors }, location: { origin: "https://example.org" } };
  vm.runInNewContext(text.replaceAll("__BUILD__", build), globals);
  /** Lets an event happen and waits for all that it started. */
  const happen = async (type, event = {}) => {
    const waits = [];
    let answer;
    const told = [];
    heard[type]({ ...event, waitUntil: (p) => waits.push(p), respondWith: (p) => (answer = p), source: { postMessage: (m) => told.push(m), url: event.from } });
    await Promise.all(waits);
    return { answer: await answer, told };
  };
  const get = async (path, mode = "navigate") => (await happen("fetch", { request: { method: "GET", mode, url: `https://example.org${path}` } })).answer;
  return { happen, get, asked };
}

test("at first only what the simulator's page needs is kept", async () => {
  const caches = new Caches();
  const { happen } = worker("b1", caches);
  await happen("install");
  assert.deepEqual(caches.paths("b1"), ["/away.html", "/sim", "/static/b1/js/main.js", "/static/b1/manifest.json"]);
  assert.equal((await happen("message", { data: { type: "state" } })).told[0].type, "unsaved");
});

test("saving keeps all but the sheets of the library and what is no file", async () => {
  const caches = new Caches();
  const { happen } = worker("b1", caches);
  const { told } = await happen("message", { data: { type: "save" } });
  assert.equal(told.at(-1).type, "saved");
  assert.ok(told.at(-2).part > 0.999);
  assert.deepEqual(caches.paths("b1"), ["/away.html", "/blog/a/", "/library/", "/sim", "/static/b1/js/main.js", "/static/b1/manifest.json", "/static/b1/saved", "/static/engine-simd.aa.wasm", "/static/inter.bb.woff2"]);
});

test("the engine that this browser does not run is not kept", async () => {
  for (const [vectors, kept, other] of [[true, "engine-simd", "engine"], [false, "engine", "engine-simd"]]) {
    const caches = new Caches();
    const { happen } = worker("b1", caches, undefined, vectors);
    await happen("install");
    await happen("message", { data: { type: "save" } });
    const paths = caches.paths("b1");
    assert.ok(paths.includes(`/static/${kept}.aa.wasm`) && !paths.includes(`/static/${other}.aa.wasm`), `vectors: ${vectors}`);
  }
});

test("a build after one that was saved whole is saved whole too, from what is here", async () => {
  const caches = new Caches();
  await worker("a1", caches).happen("message", { data: { type: "save" } });
  const { happen, asked } = worker("b2", caches);
  await happen("install");
  assert.ok(caches.paths("b2").includes("/static/b2/saved"));
  assert.ok(caches.paths("b2").includes("/static/engine-simd.aa.wasm"));
  assert.ok(!asked.includes("/static/engine-simd.aa.wasm"), "the engine is loaded again");
});

test("a build after one that was not saved whole takes only the page", async () => {
  const caches = new Caches();
  await worker("a1", caches).happen("install");
  await worker("b2", caches).happen("install");
  assert.ok(!caches.paths("b2").includes("/static/engine-simd.aa.wasm"));
});

test("of older builds the last one stays, and what is no build", async () => {
  const caches = new Caches();
  await caches.open("zoneaxis-prefs");
  await caches.open("another-site");
  for (const build of ["a1", "b2", "c3", "d4"]) await worker(build, caches).happen("install");
  await worker("d4", caches).happen("activate");
  assert.deepEqual(await caches.keys(), ["zoneaxis-prefs", "another-site", "zoneaxis-c3", "zoneaxis-d4"]);
});

test("a page of another build is refused", async () => {
  const caches = new Caches();
  const { happen } = worker("b1", caches, (path) => (path === "/sim" ? new Response('<script src="/static/c2/js/main.js">', { headers: { "Content-Type": "text/html" } }) : undefined));
  await assert.rejects(happen("install"), /of build c2/);
  const { told } = await happen("message", { data: { type: "save", asked: true } });
  assert.deepEqual({ ...told.at(-1) }, { type: "refused", asked: true, storage: false });
  assert.ok(!caches.paths("b1").includes("/static/b1/saved"));
});

test("without a network the page of the own build comes, files from whatever build has them", async () => {
  const caches = new Caches();
  await worker("a1", caches).happen("message", { data: { type: "save" } });
  await worker("b2", caches).happen("install");
  const { get } = worker("b2", caches, () => {
    throw new TypeError("no network");
  });
  assert.match(await (await get("/sim?c=lib-al")).text(), /b2/);
  assert.match(await (await get("/open")).text(), /b2/);
  assert.equal((await get("/static/a1/js/main.js", "cors")).status, 200);
  await assert.rejects(get("/static/a1/js/other.js", "cors"), /no network/);
});

test("a page comes from the network when there is one, and the kept one if the server is ill", async () => {
  const caches = new Caches();
  let status = 200;
  const { happen, get } = worker("b1", caches, (path) => (path === "/sim" && status !== 200 ? new Response("ill", { status }) : undefined));
  await happen("install");
  caches.all.get("zoneaxis-b1").set("/sim", new Response("kept /static/b1/"));
  assert.match(await (await get("/sim")).text(), /^<script/);
  for (status of [500, 429]) assert.match(await (await get("/sim")).text(), /^kept/);
  status = 404;
  assert.equal(await (await get("/sim")).text(), "ill");
});

/** Without a network. */
const cut = () => {
  throw new TypeError("no network");
};

test("without a network a page that is not kept is never the browser's error", async () => {
  const caches = new Caches();
  await worker("b1", caches).happen("install");
  caches.all.get("zoneaxis-b1").set("/away.html", new Response("away"));
  const { get } = worker("b1", caches, cut);
  for (const path of ["/library/si/", "/library/si", "/blog/a/", "/no/such/page", "/licences", "/sim.svg"]) assert.equal(await (await get(path)).text(), "away", path);
  assert.match(await (await get("/sim.?z=1,1,0")).text(), /b1/, "the full stop of a sentence");
});

test("a page that was read is kept with what it has loaded, but not the engine", async () => {
  const caches = new Caches();
  const { happen } = worker("b1", caches);
  await happen("install");
  await happen("message", { from: "https://example.org/blog/a/?utm_source=x", data: { type: "keep", files: ["/static/inter.bb.woff2", "/static/engine-simd.aa.wasm", "/api/search"] } });
  assert.deepEqual(caches.paths("b1"), ["/away.html", "/blog/a/", "/sim", "/static/b1/js/main.js", "/static/b1/manifest.json", "/static/inter.bb.woff2"]);
  const { get } = worker("b1", caches, cut);
  assert.match(await (await get("/blog/a")).text(), /b1/);
});

test("what was read stays through builds", async () => {
  const caches = new Caches();
  const a = worker("a1", caches);
  await a.happen("install");
  await a.happen("message", { from: "https://example.org/blog/a/", data: { type: "keep", files: ["/static/inter.bb.woff2"] } });
  for (const build of ["b2", "c3", "d4"]) {
    const next = worker(build, caches);
    await next.happen("install");
    await next.happen("activate");
    assert.ok(!next.asked.includes("/static/inter.bb.woff2"), "a file that is here is loaded again");
  }
  assert.deepEqual(caches.paths("a1"), []);
  const { get } = worker("d4", caches, cut);
  assert.match(await (await get("/blog/a/")).text(), /d4/);
});

test("the library is saved when asked for, says its size, and stays through builds", async () => {
  const caches = new Caches();
  const { happen } = worker("b1", caches);
  assert.deepEqual((await happen("message", { data: { type: "sheets" } })).told.map((m) => ({ ...m })), [{ type: "library", saved: false, bytes: 100 }]);
  const { told } = await happen("message", { data: { type: "save-sheets" } });
  assert.ok(told.at(-2).part > 0.999);
  assert.deepEqual({ ...told.at(-1) }, { type: "library", saved: true });
  assert.ok(caches.paths("b1").includes("/library/si/"));
  assert.ok(!caches.paths("b1").includes("/static/engine-simd.aa.wasm"));
  await worker("c2", caches).happen("install");
  assert.ok(caches.paths("c2").includes("/static/c2/library"));
  assert.ok(!caches.paths("c2").includes("/static/c2/saved"));
  const lost = await worker("d3", caches, (path) => (path === "/library/si/" ? new Response("", { status: 503 }) : undefined)).happen("message", { data: { type: "save-sheets" } });
  assert.deepEqual({ ...lost.told.at(-1) }, { type: "library", refused: true, storage: false });
});
