// What a visit begins with: the page loads, the engine answers, a zone is
// typed, a drag turns the pattern, everything is saved for offline use, a file
// is opened and its link too, an article's figure comes alive.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SALT = "data_salt\n_cell_length_a 5.64\n_cell_length_b 5.64\n_cell_length_c 5.64\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\n_symmetry_space_group_name_H-M 'F m -3 m'\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nNa1 0 0 0\nCl1 0.5 0.5 0.5\n";

export const checks = {
  async "start, zone, drag, snap"(firefox) {
    // As it comes out of a message: with trackers, and the end of a sentence.
    const tab = await firefox.open("/sim?utm_source=x&z=1,1,0&fbclid=y&kv=300).");
    assert.equal(await tab.page.$eval('link[rel="canonical"]', (n) => new URL(n.href).search), "?z=1,1,0&kv=300");
    assert.match(await tab.text(".hud-beam"), /300.kV/);
    await tab.fill("#zone", "111\n");
    await tab.heading("zone axis 1 1 1");
    await tab.until(() => location.search.includes("z=1,1,1"));

    const picture = () => tab.page.$eval("#drawing", (n) => n.innerHTML);
    const before = await picture();
    await tab.drag([0.62, 0.4], [0.7, 0.45]);
    await tab.until(() => /[?&]d=/.test(location.search));
    assert.notEqual(await picture(), before, "the drag left the picture as it was");
    assert.match(await tab.text('[data-part="hud-off"]'), /^\d+\.\d\d° off axis$/);
    await tab.key("s");
    await tab.until(() => !document.querySelector("[data-part='hud-off']").textContent.includes("off"));
    assert.doesNotMatch(await tab.page.evaluate(() => location.search), /utm_|fbclid/);

    const press = (how) => tab.page.$eval("#field", (n, how) => n.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...how })), how);
    const kikuchi = await tab.page.$eval('input[name="o"][value="k"]', (n) => n.checked);
    await press({ key: "л", code: "KeyK" }); // Russian
    await tab.until((was) => document.querySelector('input[name="o"][value="k"]').checked !== was, kikuchi);
    await press({ key: "]", code: "Digit9", ctrlKey: true, altKey: true, modifierAltGraph: true }); // German
    await tab.until(() => !document.querySelector('[data-part="heading"]').textContent.includes("zone axis 1 1 1"));
  },

  async "a long calculation, the canvas, saved for offline use"(firefox) {
    const tab = await firefox.open("/sim?c=lib-corundum&z=0,0,1&m=d", {
      whole: true,
      before: `
        window.solvers = [];
        window.Worker = class extends Worker {
          constructor(url, how) {
            super(url, how);
            if (how.name === "solver") this.addEventListener("message", ({ data }) => window.solvers.push(data.result?.length ?? 0));
          }
        };`,
    });
    await tab.until(() => document.querySelector(".hud-beam").textContent.includes("427 beams"));
    const solvers = await tab.page.evaluate(() => window.solvers);
    assert.ok(solvers.length === 1 && solvers[0] > 1e6, `a long calculation left the solvers with ${solvers}`);
    await tab.until(() => document.querySelector("#offline").textContent.includes("Ready offline"));
    const canvas = await tab.page.evaluate(() => document.querySelector("#pattern").dataset.stage === "canvas");
    if (!canvas) assert.match(await tab.text("body"), /This device cannot draw the fast view, so a simpler one is used\./, "neither the canvas nor a word about it");
    console.log(canvas ? "the canvas draws" : "there is no WebGL here: the SVG carries everything");
  },

  async "a crystal in a link opens in another profile"(firefox) {
    const file = join(mkdtempSync(join(tmpdir(), "zoneaxis-")), "salt.cif");
    writeFileSync(file, SALT);
    const tab = await firefox.open("/sim?z=1,1,0");
    await (await tab.page.$('input[type="file"]')).uploadFile(file);
    await tab.until(() => location.hash.startsWith("#x="));
    const elsewhere = await (await firefox.context.browser().createBrowserContext()).newPage();
    await elsewhere.goto(tab.page.url());
    await elsewhere.waitForFunction(() => document.querySelector('[data-part="crystal-name"]')?.textContent.includes("NaCl"));
  },

  async "a figure of an article comes alive"(firefox) {
    const tab = await firefox.open("/blog/what-an-electron-diffraction-pattern-is/");
    await tab.page.click("figure.live .play");
    await tab.until(() => document.querySelector("figure.live[data-active]"));
  },
};
