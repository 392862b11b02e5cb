// What a person types is theirs: typed before the engine is there or while a
// reply is on its way, refused, taken back, undone.
import assert from "node:assert/strict";

export const checks = {
  async "fields keep what is typed"(firefox) {
    const tab = await firefox.open("/sim?z=1,1,0", {
      ready: false,
      before: `
        window.Worker = class extends Worker {
          postMessage(message, transfer) {
            if (message.type === "start") window.letGo = () => super.postMessage(message, transfer);
            else super.postMessage(message, transfer);
          }
          set onmessage(hear) {
            super.onmessage = (event) => (window.lag ? setTimeout(() => hear(event), window.lag) : hear(event));
          }
        };`,
    });
    const field = (selector, text) => tab.until((s, t) => document.querySelector(s).value === t, selector, text);
    await tab.until(() => window.letGo && document.querySelector("#rotation-error"));
    await tab.fill("#kv", "300\n");
    await tab.fill("#zone", "11");
    await tab.page.evaluate(() => letGo());
    await tab.until(() => document.documentElement.dataset.ready === "engine");
    await tab.until(() => location.search.includes("kv=300"));
    assert.equal(await tab.value("#zone"), "11", "the engine has become ready");
    await tab.page.keyboard.type("2\n");
    await field("#zone", "[112]");

    await tab.page.click('[data-results="tilt"]');
    await tab.until(() => document.querySelector("#holder-beta")?.value === "0");
    await tab.page.evaluate(() => (window.lag = 700));
    await tab.fill("#holder-alpha", "10");
    await tab.page.keyboard.press("Tab");
    await tab.page.keyboard.type("-");
    await tab.until(() => location.search.includes("h=10"));
    assert.equal(await tab.value("#holder-beta"), "-", "the sign of a tilt");
    await tab.page.keyboard.type("5\n");
    await tab.until(() => /h=10(\.0*)?,-5/.test(decodeURIComponent(location.search)));
    await tab.page.evaluate(() => (window.lag = 0));

    await tab.fill("#rotation", "abc\n");
    await tab.until(() => document.querySelector("#rotation").getAttribute("aria-invalid") === "true");
    await tab.until(() => document.querySelector("#status").textContent.includes("Between −360 and 360°."));
    assert.equal(await tab.value("#rotation"), "abc");
    await tab.page.keyboard.press("Escape");
    await field("#rotation", "0.0°");

    await tab.fill("#kv", "7");
    await tab.page.keyboard.down("Control");
    await tab.page.keyboard.press("z");
    await tab.page.keyboard.up("Control");
    await tab.until(() => document.querySelector("#kv").value !== "7");
    assert.match(await tab.page.evaluate(() => location.search), /kv=300/, "the text is undone, not the pattern");
    await tab.page.keyboard.press("Escape");
    await tab.fill("#cl", "０.８ m\n");
    await field("#cl", "800");
  },
};
