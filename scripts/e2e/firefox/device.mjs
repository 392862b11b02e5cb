// Browsers that are set to give less away: canvases that are not read as they were
// painted, no WebAssembly.
import assert from "node:assert/strict";

export const checks = {
  async "pixels that are not read as painted"(firefox) {
    const tab = await (await firefox.with({ "privacy.resistFingerprinting": true })).open("/sim?z=1,1,0", {
      before: `
        window.saved = [];
        HTMLAnchorElement.prototype.click = function () { saved.push(this.download); };`,
    });
    await tab.page.click('[data-do="export"]');
    await tab.until(() => document.querySelector("dialog[open] .export"));
    const push = (within, name) => tab.page.evaluate((w, n) => [...document.querySelectorAll(`${w} button`)].find((b) => b.textContent.trim() === n).click(), within, name);
    await push("dialog[open]", "Save PNG");
    await tab.until(() => document.querySelector(".toasts").textContent.includes("This browser changes the pixels of pictures"));
    await push(".toasts", "Save SVG");
    await tab.until(() => saved.length === 1 && saved[0].endsWith(".svg"));
  },

  async "no WebAssembly"(firefox) {
    const tab = await (await firefox.with({ "javascript.options.wasm": false })).open("/sim?z=1,1,0", { ready: false });
    await tab.until(() => document.querySelector(".unable")?.textContent.includes("the server draws every step") && !document.querySelector(".dock button").checkVisibility());
    await tab.until(() => document.querySelector("iframe.linked")?.contentDocument?.querySelector("svg.stereo"));
    await tab.page.evaluate(() => document.querySelector("iframe.linked").contentDocument.querySelector('[aria-label="zone axis 1 1 1"]').dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true })));
    await tab.until(() => location.search.includes("z=1,1,1") && document.querySelector('[data-part="heading"]')?.textContent.includes("zone axis 1 1 1"));
    await tab.page.$eval('[aria-label="Tilt up 0.5 degrees"]', (n) => n.click());
    await tab.until(() => location.search.includes("d=") && document.querySelector('[data-part="near"]')?.textContent.startsWith("0.50°"));
  },
};
