// @ts-check
// The engine's worker: loads the program, then the library of crystals, and
// passes requests to it.

/** The worker itself. @type {any} */
export const scope = self;

/** @param {any} message @param {Transferable[]} [transfer] */
const post = (message, transfer = []) => scope.postMessage(message, transfer);

/**
 * Reads the program and reports how much of it has come.
 * @param {string} address
 * @param {number} size bytes after unpacking, 0 if not known
 */
async function load(address, size) {
  const response = await fetch(address, { priority: "low" });
  if (!response.ok || !response.body) throw new Error(`engine: ${response.status} ${response.statusText}`);
  let done = 0;
  const counted = response.body.pipeThrough(
    new TransformStream({
      transform(chunk, out) {
        done += chunk.byteLength;
        post({ type: "progress", part: size ? Math.min(done / size, 1) : 0 });
        out.enqueue(chunk);
      },
    }),
  );
  return WebAssembly.compileStreaming(new Response(counted, { headers: { "Content-Type": "application/wasm" } }));
}

/** A part of the library: where it lies, its text once it is asked for, and whether the engine has it. @typedef {{address: string, text?: Promise<string>, shelved: boolean}} Part */
/** Names of crystals, then their structures. @type {Part[]} */
let shelf = [];

/** Reads a part of the library; again after a failure. @param {Part} part */
function read(part) {
  part.text ??= fetch(part.address, { priority: "low" }).then((r) => (r.ok ? r.text() : Promise.reject(r.status)));
  part.text.catch(() => (part.text = undefined));
  return part.text;
}

/** Hands the library to the engine, part by part. Whether it has all of it then. */
async function shelve() {
  for (const part of shelf) {
    const records = await read(part).catch(() => "");
    part.shelved ||= !scope.zoneaxisEngine.library(records);
    if (!part.shelved) return false;
  }
  return true;
}

const NO_LIBRARY = "The library of crystals could not be loaded. Check the connection, then try again.";

const NO_READER = "What reads files could not be loaded. Check the connection, then try again.";

/** Where the reader of files lies, and the one that runs. */
let reader = "";
/** @type {Promise<void> | null} */
let reading = null;

/** Loads the reader of files; again after a failure. */
function startReader() {
  reading ??= (async () => {
    const response = await fetch(reader);
    if (!response.ok) throw new Error(`reader: ${response.status} ${response.statusText}`);
    const go = new scope.Go();
    const { instance } = await WebAssembly.instantiateStreaming(response, go.importObject);
    const again = () => (reading = null); // a program that has stopped reads nothing
    go.run(instance).then(again, again);
  })();
  reading.catch(() => (reading = null));
  return reading;
}

/**
 * What is in a file, as the engine takes it.
 * @param {string} request
 * @param {Uint8Array | null} file
 */
async function parcel(request, file) {
  await startReader();
  return scope.zoneaxisReader.read(JSON.parse(request).name ?? "", file ?? new Uint8Array());
}

/** What solvers need to run the same program. @type {{module: WebAssembly.Module, exec: string}} */
let program;
/** Hears of the result of a job, by its number. @type {Map<number, (result: Uint8Array | null) => void>} */
const answers = new Map();
let jobs = 0;

/**
 * Asks the page to have a job done by a solver. Returns what takes that back.
 * @param {Uint8Array} job
 * @param {(result: Uint8Array | null) => void} answer null: it cannot be done there
 */
function ask(job, answer) {
  const id = ++jobs;
  answers.set(id, answer);
  try {
    post({ type: "job", id, job, ...program }, [job.buffer]);
  } catch {
    setTimeout(solved, 0, id, null); // a browser that gives no program away
  }
  return () => {
    answers.delete(id);
    post({ type: "job", id });
  };
}

/** @param {number} id @param {Uint8Array | null} result */
function solved(id, result) {
  answers.get(id)?.(result);
  answers.delete(id);
}

/** @param {{engine: string, exec: string, reader: string, library: string[], size: number}} where */
async function start(where) {
  reader = where.reader;
  const compiled = load(where.engine, where.size);
  compiled.catch(() => {});
  await import(where.exec);
  const go = new scope.Go();
  program = { module: await compiled, exec: where.exec };
  shelf = where.library.map((address) => ({ address, shelved: false }));
  for (const part of shelf) read(part); // while the program starts
  const instance = await WebAssembly.instantiate(program.module, go.importObject);
  go.run(instance).then(
    () => post({ type: "failed", message: "engine: it stopped" }),
    (/** @type {Error} */ error) => post({ type: "failed", message: String(error) }),
  );
  // The program registers its function before it first waits.
  if (typeof scope.zoneaxisEngine?.call !== "function") throw new Error("engine: it did not start");
  post({ type: "ready" });
  shelve();
}

/** @param {string} error */
const refuse = (error) => post({ type: "reply", json: JSON.stringify({ ok: false, error }), svg: "", marks: null });

scope.addEventListener("message", async (/** @type {MessageEvent} */ event) => {
  const message = event.data;
  try {
    if (message.type === "start") return await start(message);
    if (message.type === "calculate") return scope.zoneaxisEngine.calculate((/** @type {string} */ json) => post({ type: "calculated", json }), ask);
    if (message.type === "solved") return solved(message.id, message.result ?? null);
    if (message.type === "cancel") return scope.zoneaxisEngine.cancel();
    if (message.library && !(await shelve())) return refuse(NO_LIBRARY);
    let answer = scope.zoneaxisEngine.call(message.request, message.payload ?? null);
    if (message.payload && answer.json.includes('"need":"reader"')) {
      const read = await parcel(message.request, message.payload).catch(() => null);
      if (!read) return refuse(NO_READER);
      answer = scope.zoneaxisEngine.call(message.request, read);
    }
    const { json, svg, marks } = answer;
    const buffer = marks ? marks.buffer : null;
    post({ type: "reply", json, svg: svg ?? "", marks: buffer }, buffer ? [buffer] : []);
  } catch (error) {
    post({ type: "failed", message: String(error) });
  }
});
