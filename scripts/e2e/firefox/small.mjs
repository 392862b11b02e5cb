// Small windows: nothing stands on anything else, the tab Measure is the tool,
// the card leaves its spot and the panels free.
import assert from "node:assert/strict";

const NAMES = [".top", ".hud-zone", ".hud-beam", ".legend-button", ".dock", ".badge", "#scale-bar text", ".card", ".bar", ".settings"];

/** Pairs of boxes that cover each other. */
const overlaps = (names) => {
  const boxes = names.map((name) => ({ name, node: document.querySelector(name) })).filter(({ node }) => node?.checkVisibility({ visibilityProperty: true }))
    .map(({ name, node }) => ({ name, node, r: node.getBoundingClientRect() })).filter(({ r }) => r.width > 0);
  const apart = (a, b) => a.right <= b.left + 0.5 || b.right <= a.left + 0.5 || a.bottom <= b.top + 0.5 || b.bottom <= a.top + 0.5;
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => !a.node.contains(b.node) && !apart(a.r, b.r)).map((b) => `${a.name} and ${b.name}`));
};

export const checks = {
  async "small windows"(firefox) {
    const tab = await firefox.open("/sim?z=1,1,0&d=0.30,-0.30,0.00&o=ikds", { width: 512, height: 384 });
    // The message on the slow line would lie over the tools.
    await tab.page.waitForSelector('.toast [aria-label="Close"]');
    await tab.page.$eval('.toast [aria-label="Close"]', (n) => n.click());
    for (const [width, height] of [[512, 384], [320, 640]]) {
      await tab.page.setViewport({ width, height });
      await tab.until((w) => innerWidth === w && document.querySelector("#field").clientWidth === document.documentElement.clientWidth, width);
      assert.deepEqual(await tab.page.evaluate(overlaps, NAMES), [], `at ${width} × ${height}`);
    }
    await tab.page.click('button[data-tab="measure"]');
    await tab.until(() => document.querySelector("#pattern").dataset.tool === "measure");
    await tab.page.click('.dock [data-tool="tilt"]');
    await tab.until(() => document.querySelector("#app").dataset.tab === "orient");

    // The walk by keys opens the card.
    await tab.key("f");
    await tab.until(() => document.querySelector("#status").textContent.includes("ångström"));
    await tab.key("Enter");
    await tab.until(() => document.querySelector(".card").checkVisibility());
    assert.deepEqual(await tab.page.evaluate(overlaps, NAMES), [], "with a card");
  },
};
