// @ts-check

const LOADED_MS = 60_000;

/**
 * Starts a worker of ours. A frame without an origin, as sandboxed ones are, may
 * start none by its address: there it begins as a text of the page's own, which
 * imports the script. Fails where there can be no worker at all.
 * @param {URL} script
 * @param {string} name
 */
export function startWorker(script, name) {
  if (globalThis.origin !== "null") return new Worker(script, { type: "module", name });
  // Not as a module itself: Chromium starts none from such a text.
  const text = URL.createObjectURL(new Blob([importing(script)], { type: "text/javascript" }));
  setTimeout(() => URL.revokeObjectURL(text), LOADED_MS);
  return new Worker(text, { name });
}

/**
 * The text of a worker that imports a script and keeps for it what the page says meanwhile.
 * @param {URL} script
 */
const importing = (script) => `const said = [];
onmessage = (event) => said.push(event);
import(${JSON.stringify(script.href)}).then(
  () => {
    onmessage = null;
    for (const { data } of said) dispatchEvent(new MessageEvent("message", { data }));
  },
  (error) => setTimeout(() => { throw error; }),
);`;
