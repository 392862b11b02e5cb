// @ts-check
// The service worker: keeps one whole build on the device and serves it when
// the network does not. Files under /static are named after their contents, so
// they come from whatever cache has them and versions never mix.

/** @type {any} */
const scope = self;

const BUILD = "__BUILD__";
const CACHE = `zoneaxis-${BUILD}`;
const PREFS = "zoneaxis-prefs";
const LIST = `/static/${BUILD}/manifest.json`;
const SHELL = "/sim";
const AWAY = "/away.html"; // stands for a page that is not on the device when there is no network
const DONE = `/static/${BUILD}/saved`; // stands in the cache when everything is there
const SHEETS = `/static/${BUILD}/library`; // and this one when the pattern library is
const PATIENCE_MS = 2500; // how long a page may take before the kept one is shown
const AT_ONCE = 4;

/** The engine that this browser does not run (shared/vectors.js). */
const PROBE = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11];
const UNUSED = WebAssembly.validate(new Uint8Array(PROBE)) ? "engine.wasm" : "engine-simd.wasm";

/**
 * Addresses of the build: what the simulator's page needs, everything else, and
 * the sheets of the pattern library, which are many and come when asked for.
 * @returns {Promise<{small: string[], rest: string[], sheets: string[], sizes: Map<string, number>}>}
 */
async function list() {
  const kept = await caches.match(LIST);
  const answer = kept ?? (await patiently(LIST));
  if (!answer.ok) throw new Error(`the list of files: ${answer.status}`);
  if (!kept) await (await caches.open(CACHE)).put(LIST, answer.clone());
  const { files } = await answer.json();
  const sizes = new Map([[SHELL, 12_000]]);
  const sheets = [];
  for (const [name, file] of Object.entries(files)) {
    if (name === UNUSED) continue;
    const path = String(file.file ?? "");
    const page = /^pages(\/.*?)(?:index\.html)?$/.exec(path)?.[1];
    const url = file.url || page || "";
    if (!url || url === "/sw.js" || (page && page !== AWAY && !/(\/|\.svg|\.webmanifest|\.json)$/.test(url))) continue;
    sizes.set(url, Number(file.br_size || file.size) || 1);
    if (/^\/library\/(?!ratio\/|d\/)[^/]+\/$/.test(url)) sheets.push(url);
  }
  const small = [SHELL];
  const rest = [];
  for (const url of sizes.keys()) {
    if (url === SHELL || sheets.includes(url)) continue;
    if (url === AWAY) small.push(url);
    else if (/\.(js|css|html|svg)$/.test(url) && url.startsWith("/static/")) small.push(url);
    else rest.push(url);
  }
  return { small, rest, sheets, sizes };
}

/**
 * Puts files into this build's cache; those that another build has are copied.
 * @param {string[]} urls
 * @param {(url: string) => void} [each]
 */
async function store(urls, each = () => {}) {
  const cache = await caches.open(CACHE);
  const queue = [...urls];
  const take = async () => {
    for (let url = queue.shift(); url !== undefined; url = queue.shift()) {
      if (!(await cache.match(url))) {
        const other = url.startsWith("/static/") ? await caches.match(url) : undefined;
        const answer = other ?? (await patiently(url));
        if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
        await ours(url, answer);
        if (!answer.redirected) await cache.put(url, answer);
      }
      each(url);
    }
  };
  const all = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => take().finally(() => (queue.length = 0))));
  // Nothing goes on in the background when one of them has failed.
  for (const one of all) if (one.status === "rejected") throw one.reason;
}

/**
 * Fetches a file; if the server asks to slow down, later.
 * @param {string} url
 */
async function patiently(url) {
  for (let tries = 0; ; tries++) {
    const answer = await fetch(url, { cache: "no-cache", credentials: "same-origin" });
    if (answer.status !== 429 || tries === 5) return answer;
    const wait = Math.min(Math.max(Number(answer.headers.get("Retry-After")) || 1, 1), 30);
    await new Promise((done) => setTimeout(done, wait * 1000));
  }
}

/**
 * A page names the files that it needs. When the server has gone on to another
 * build meanwhile its pages do not fit the files that are kept here.
 * @param {string} url
 * @param {Response} answer
 */
async function ours(url, answer) {
  if (url.startsWith("/static/") || !answer.headers.get("Content-Type")?.startsWith("text/html")) return;
  const named = /\/static\/([0-9a-f]+)\/(?:js|css)\//.exec(await answer.clone().text())?.[1];
  if (named && named !== BUILD) throw new Error(`${url}: of build ${named}`);
}

/**
 * Stores files and says how far it is, by their sizes; then marks that they are there.
 * @param {string[]} urls
 * @param {Map<string, number>} sizes
 * @param {string} mark
 * @param {(part: number) => void} far
 */
async function whole(urls, sizes, mark, far) {
  const total = urls.reduce((sum, url) => sum + (sizes.get(url) ?? 0), 0);
  let done = 0;
  await store(urls, (url) => far((done += sizes.get(url) ?? 0) / total));
  await (await caches.open(CACHE)).put(mark, new Response("yes"));
}

/** @param {(message: any) => void} report */
async function saveAll(report) {
  const { small, rest, sizes } = await list();
  await whole([...small, ...rest], sizes, DONE, (part) => report({ type: "saving", part }));
  report({ type: "saved" });
}

/** All sheets of the pattern library, with what any page of the site needs. @param {(message: any) => void} report */
async function saveSheets(report) {
  const { small, rest, sheets, sizes } = await list();
  const around = rest.filter((url) => /^\/library\/|\.woff2$/.test(url));
  await whole([...small, ...around, ...sheets], sizes, SHEETS, (part) => report({ type: "library", part }));
  report({ type: "library", saved: true });
}

const has = async (/** @type {string} */ mark) => !!(await (await caches.open(CACHE)).match(mark));
const saved = () => has(DONE);

/** The paths that earlier builds have kept. */
async function hadBefore() {
  const paths = new Set();
  for (const name of await caches.keys()) {
    if (!/^zoneaxis-[0-9a-f]+$/.test(name) || name === CACHE) continue;
    for (const { url } of await (await caches.open(name)).keys()) paths.add(new URL(url).pathname.replace(/^\/static\/[0-9a-f]+\/(saved|library)$/, "$1"));
  }
  return paths;
}

/**
 * Installs this build as the one before it was: whole, if that was saved whole,
 * before it may take over; else with the pages that were read.
 */
async function install() {
  const had = await hadBefore();
  const { small, rest, sheets } = await list();
  if (had.has("saved")) await saveAll(() => {});
  else await store(small);
  // What cannot be had now comes when it is read again.
  const kept = had.has("library") ? saveSheets(() => {}) : store([...rest, ...sheets].filter((url) => had.has(url)));
  await kept.catch(() => {});
}

/**
 * Keeps a page that somebody reads, and what it has loaded.
 * @param {string} path
 * @param {string[]} files
 */
async function keep(path, files) {
  const ofOurs = files.filter((url) => url.startsWith("/static/") && !url.endsWith(".wasm"));
  await store([path, ...ofOurs]);
}

scope.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(
    install().catch((error) => {
      // Without storage it is of little use, but it can tell the page why.
      if (!(error instanceof DOMException)) throw error;
    }),
  );
});

scope.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(
    (async () => {
      // The build before this one stays: a tab may still be using it.
      const builds = (await caches.keys()).filter((n) => /^zoneaxis-[0-9a-f]+$/.test(n) && n !== CACHE);
      await Promise.all(builds.slice(0, -1).map((n) => caches.delete(n)));
      await scope.clients.claim();
    })(),
  );
});

scope.addEventListener("message", (/** @type {any} */ event) => {
  const { type, theme, asked, files } = event.data ?? {};
  const report = (/** @type {any} */ message) => event.source?.postMessage(message);
  if (type === "build") event.ports[0]?.postMessage(BUILD);
  if (type === "activate") scope.skipWaiting();
  if (type === "theme") event.waitUntil(caches.open(PREFS).then((c) => c.put("/theme", new Response(theme))));
  if (type === "keep") event.waitUntil(keep(new URL(event.source.url).pathname, files).catch(() => {}));
  if (type === "sheets")
    event.waitUntil(
      (async () => {
        const { sheets, sizes } = await list();
        report({ type: "library", saved: await has(SHEETS), bytes: sheets.reduce((sum, url) => sum + (sizes.get(url) ?? 0), 0) });
      })().catch(() => {}),
    );
  if (type === "save-sheets") event.waitUntil(saveSheets(report).catch((error) => report({ type: "library", refused: true, storage: error instanceof DOMException })));
  if (type === "state") event.waitUntil(saved().then((yes) => report({ type: yes ? "saved" : "unsaved" })));
  if (type === "save")
    event.waitUntil(
      saved()
        .then((yes) => (yes ? report({ type: "saved" }) : saveAll(report)))
        .catch((error) => report({ type: "refused", asked, storage: error instanceof DOMException })),
    );
});

scope.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method === "POST" && url.pathname === SHELL) return event.respondWith(shared(request));
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") return event.respondWith(page(request, url));
  if (url.pathname.startsWith("/static/")) return event.respondWith(file(request));
  if (/\.webmanifest$|^\/(library|blog)\//.test(url.pathname)) event.respondWith(fetch(request).catch(() => file(request)));
});

/** A file that another app shares: kept for the page, which reads it. @param {Request} request */
async function shared(request) {
  const given = (await request.formData()).get("file");
  if (given instanceof File) {
    const headers = { "X-Name": encodeURIComponent(given.name) };
    await (await caches.open(PREFS)).put("/shared", new Response(given, { headers }));
  }
  return Response.redirect(`${SHELL}#shared`, 303);
}

/** @param {Request} request */
async function file(request) {
  return (await caches.match(request.url, { ignoreVary: true })) ?? fetch(request);
}

/**
 * A page from the network, or after some patience the kept one; if there is
 * neither, a page that says so.
 * @param {Request} request
 * @param {URL} url
 */
async function page(request, url) {
  const kept = async () => {
    // A sentence may have left its full stop behind the address.
    const simulator = /^\/(sim|open)?[^\w/]*$/.test(url.pathname);
    const answer = await here(simulator ? SHELL : url.pathname.replace(/(\.\w+|[^/])$/, (end) => (end.length > 1 ? end : `${end}/`)));
    return answer && (simulator ? themed(answer) : answer);
  };
  const live = fetch(request);
  live.catch(() => {});
  const late = new Promise((done) => setTimeout(done, PATIENCE_MS));
  try {
    const first = await Promise.race([live, late]);
    if (first instanceof Response && first.status < 500 && first.status !== 429) {
      if (first.ok && url.pathname.startsWith("/library/")) {
        const copy = first.clone();
        caches.open(CACHE).then((c) => c.put(url.pathname, copy)).catch(() => {});
      }
      return first;
    }
  } catch {
    // No network: what is kept has to do.
  }
  const answer = await kept().catch(() => undefined);
  if (answer) return answer;
  return live.catch(async (error) => {
    const away = await here(AWAY).catch(() => undefined);
    if (!away) throw error;
    return away;
  });
}

/** What is kept under a path, of this build if it has it. @param {string} path */
const here = async (path) => (await (await caches.open(CACHE)).match(path, { ignoreVary: true })) ?? (await caches.match(path, { ignoreVary: true }));

/**
 * The kept simulator page in the visitor's theme. It shows the default crystal
 * until the engine draws what the link says.
 * @param {Response} answer
 */
async function themed(answer) {
  const theme = await caches.match("/theme", { cacheName: PREFS }).then((r) => r?.text());
  const text = await answer.text();
  const html = text.replace(/<html class="?sim"?([^>]*)>/, (whole, rest) => `<html class="sim"${theme ? rest.replace(/ data-theme="?\w+"?/, "") + ` data-theme="${theme}"` : rest} data-kept>`);
  // The styles of the lab are not in every page.
  const whole = theme === "lab" ? html.replace("</head>", `<link rel="stylesheet" href="/static/${BUILD}/css/pages/lab.css"></head>`) : html;
  const headers = new Headers(answer.headers);
  for (const name of ["Content-Encoding", "Content-Length", "ETag"]) headers.delete(name);
  return new Response(whole, { headers });
}
