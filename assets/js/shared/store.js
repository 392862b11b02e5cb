// @ts-check
// Crystals kept on this device, in IndexedDB: those of the Materials Project
// that were opened, and files.

/** @typedef {{id: string, name: string, formula: string, group: string, file: string, at: number, bytes: Uint8Array}} Kept file: name of the file it came in, "" for the Materials Project */

/** @type {Promise<IDBDatabase> | null} */
let opening = null;

function database() {
  opening ??= new Promise((done, fail) => {
    const request = indexedDB.open("zoneaxis", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("crystals", { keyPath: "id" });
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      done(request.result);
    };
    request.onerror = () => fail(request.error);
    request.onblocked = () => fail(new Error("storage is blocked by another tab"));
  });
  opening.catch(() => (opening = null));
  return opening;
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(s: IDBObjectStore) => IDBRequest<T>} run
 * @returns {Promise<T>}
 */
async function within(mode, run) {
  const db = await database();
  return new Promise((done, fail) => {
    const transaction = db.transaction("crystals", mode);
    const request = run(transaction.objectStore("crystals"));
    transaction.oncomplete = () => done(request.result);
    transaction.onabort = transaction.onerror = () => fail(transaction.error ?? request.error);
  });
}

/** @param {string} id @returns {Promise<Kept | undefined>} */
export const get = (id) => within("readonly", (s) => s.get(id));

/** @returns {Promise<Kept[]>} newest first */
export const all = async () => (await within("readonly", (s) => s.getAll())).sort((/** @type {Kept} */ a, /** @type {Kept} */ b) => b.at - a.at);

/** @param {Kept} crystal */
export const put = (crystal) => within("readwrite", (s) => s.put(crystal));

/** @param {string} id */
export const remove = (id) => within("readwrite", (s) => s.delete(id));

const FORMAT = "zoneaxis-crystals-1";

/** Everything kept, as one file. */
export async function exportAll() {
  const crystals = (await all()).map((c) => ({ ...c, bytes: new TextDecoder().decode(c.bytes) }));
  return new Blob([JSON.stringify({ format: FORMAT, crystals }, null, 1)], { type: "application/json" });
}

/**
 * Reads such a file.
 * @param {string} text
 * @returns {Promise<number>} how many came in; -1 if it is no such file
 */
export async function importAll(text) {
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    return -1;
  }
  if (data?.format !== FORMAT || !Array.isArray(data.crystals)) return -1;
  let n = 0;
  for (const c of data.crystals) {
    if (typeof c?.id !== "string" || typeof c.bytes !== "string") continue;
    await put({
      id: c.id,
      name: String(c.name ?? c.id),
      formula: String(c.formula ?? ""),
      group: String(c.group ?? ""),
      file: String(c.file ?? ""),
      at: Number(c.at) || Date.now(),
      bytes: new TextEncoder().encode(c.bytes),
    });
    n++;
  }
  return n;
}
