// @ts-check
// Pages around the simulator stay on the device of those who have read them: the
// service worker keeps the page and what it has loaded, without the engine.
// On the index of the library all its sheets can be saved.

import { $, button, el } from "../shared/dom.js";
import { thin } from "../shared/line.js";

const { serviceWorker } = navigator;

/** The paths of the files that this page has loaded. */
const loaded = () =>
  [...performance.getEntriesByType("resource").map((entry) => entry.name), ...[...document.styleSheets].map((sheet) => sheet.href ?? "")]
    .filter((name) => name.startsWith(location.origin))
    .map((name) => new URL(name).pathname);

/** Keeps this page; for somebody who saves data only if there is a worker already. */
export async function keep() {
  if (!serviceWorker) return;
  try {
    if (!thin()) await serviceWorker.register("/sw.js");
    else if (!(await serviceWorker.getRegistration())) return;
    const { active } = await serviceWorker.ready;
    if (!thin()) active?.postMessage({ type: "keep", files: loaded() });
    const place = $("#lib-save");
    if (place && active) offer(place, active);
  } catch {
    // No storage, or no line: the page is read all the same.
  }
}

/**
 * Offers all sheets of the library.
 * @param {HTMLElement} place
 * @param {ServiceWorker} worker
 */
function offer(place, worker) {
  const said = el("span", { role: "status" });
  const save = button("", {
    onclick: () => {
      save.disabled = true;
      said.textContent = "Saving, 0 %";
      worker.postMessage({ type: "save-sheets" });
    },
  });
  serviceWorker.addEventListener("message", ({ data }) => {
    if (data?.type !== "library") return;
    if (data.saved) {
      place.replaceChildren(said);
      said.textContent = "All sheets of the library are saved on this device.";
    } else if (data.refused) {
      save.disabled = false;
      said.textContent = data.storage ? "This browser did not let us save the library." : "Saving stopped because the server did not answer. Try again later.";
    } else if (data.bytes) {
      save.textContent = `Save the library for offline use (${(data.bytes / 1e6).toFixed(1)} MB)`;
      place.replaceChildren(save, said);
    } else said.textContent = `Saving, ${Math.round(data.part * 100)} %`;
  });
  worker.postMessage({ type: "sheets" });
}
