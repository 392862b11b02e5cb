// An embedded pattern in slides opened from a disk, in a frame without an origin.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export const checks = {
  async "an embedded pattern turns in a sandboxed frame"(firefox) {
    const slides = join(mkdtempSync(join(tmpdir(), "zoneaxis-")), "slides.html");
    writeFileSync(slides, `<!doctype html><title>Slides</title><style>body { margin: 0 }</style><iframe width="400" height="340" sandbox="allow-scripts" src="${firefox.base}/embed?c=lib-cu&z=1,1,0&o=is"></iframe>`);
    const page = await firefox.context.newPage();
    await page.goto(pathToFileURL(slides).href);
    const frame = page.frames().find((one) => one.url().includes("/embed"));
    const until = (f) => frame.waitForFunction(f, { timeout: 40_000 });
    await until(() => document.querySelector(".play")?.hidden === false);
    assert.equal(await frame.evaluate(() => origin), "null");
    // Without workers the picture and the way to the simulator stay.
    await frame.evaluate(() => {
      window.Kept = Worker;
      window.Worker = class {
        constructor() {
          throw new Error("none");
        }
      };
      document.querySelector(".play").click();
    });
    await until(() => document.querySelector(".play").textContent === "It did not start. Try again");
    assert.deepEqual(await frame.evaluate(() => [".picture > svg", "a.open[href*='/sim?c=lib-cu']", ".play:enabled"].map((one) => !!document.querySelector(one))), [true, true, true]);
    await frame.evaluate(() => ((window.Worker = window.Kept), document.querySelector(".play").click()));
    await until(() => document.querySelector("figure.live[data-active]"));
    // Keys: the driver sends the mouse to no frame of another process.
    await frame.$eval(".picture", (picture) => picture.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp", bubbles: true })));
    await until(() => document.querySelector(".hud-zone").textContent.includes("off axis"));
    await until(() => /[?&]d=/.test(document.querySelector("a.open").href));
  },
};
