// The smoke test in Firefox, by WebDriver BiDi: node firefox.mjs FIREFOX URL
// The page loads, the engine answers, a zone is typed, a drag turns the
// pattern, everything is saved for offline use, a file is opened and its link too,
// and the console is silent.
// It prints what it saw and fails with the first thing that is wrong.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

const [executablePath, base] = process.argv.slice(2);
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
try {
  const page = await browser.newPage();
  const problems = [];
  const said = [];
  page.on("console", (m) => (m.type() === "error" ? problems.push(m.text()) : said.push(`${m.type()}: ${m.text()}`)));
  page.on("pageerror", (e) => problems.push(String(e)));
  page.on("request", (r) => !r.url().startsWith(base) && !r.url().startsWith("data:") && !r.url().startsWith("blob:") && problems.push(`a request to ${r.url()}`));
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(`${base}/sim?z=1,1,0`);

  const patience = { timeout: 60_000 };
  const until = (f, ...args) => page.waitForFunction(f, patience, ...args);
  const heading = (part) => until((p) => document.querySelector('[data-part="heading"]')?.textContent.includes(p), part);
  const picture = () => page.$eval("#drawing", (n) => n.innerHTML);

  const began = Date.now();
  await until(() => document.documentElement.dataset.ready === "engine");
  console.log(`${await browser.version()}: interactive ${Date.now() - began} ms after loading`);

  await page.$eval("#zone", (n) => n.select());
  await page.type("#zone", "111\n");
  await heading("zone axis 1 1 1");
  await until(() => location.search.includes("z=1,1,1"));

  const before = await picture();
  const { x, y, width, height } = await (await page.$("#field")).boundingBox();
  await page.mouse.move(x + 0.62 * width, y + 0.4 * height);
  await page.mouse.down();
  await page.mouse.move(x + 0.7 * width, y + 0.45 * height, { steps: 12 });
  await page.mouse.up();
  await until(() => /[?&]d=/.test(location.search));
  assert.notEqual(await picture(), before, "the drag left the picture as it was");
  assert.match(await page.$eval('[data-part="hud-off"]', (n) => n.textContent), /^\d+\.\d\d° off axis$/);

  await page.focus("#field");
  await page.keyboard.press("s");
  await until(() => !document.querySelector("[data-part='hud-off']").textContent.includes("off"));

  await page.evaluateOnNewDocument(() => {
    window.solvers = [];
    window.Worker = class extends Worker {
      constructor(url, how) {
        super(url, how);
        if (how.name === "solver") this.addEventListener("message", ({ data }) => window.solvers.push(data.result?.length ?? 0));
      }
    };
  });
  await page.goto(`${base}/sim?c=lib-corundum&z=0,0,1&m=d`);
  await until(() => document.querySelector(".hud-beam").textContent.includes("427 beams"));
  const solvers = await page.evaluate(() => window.solvers);
  assert.ok(solvers.length === 1 && solvers[0] > 1e6, `a long calculation left the solvers with ${solvers}`);

  await until(() => document.querySelector("#offline").textContent.includes("Ready offline"));
  const canvas = await page.evaluate(() => document.querySelector("#pattern").dataset.stage === "canvas");
  if (!canvas) {
    assert.ok(await page.evaluate(() => document.body.textContent.includes("This device cannot draw the fast view, so a simpler one is used.")), "neither the canvas nor a word about it");
  }
  console.log(canvas ? "the canvas draws" : "there is no WebGL here: the SVG carries everything");

  // The link of an opened file opens its crystal in another profile.
  const file = join(mkdtempSync(join(tmpdir(), "zoneaxis-")), "salt.cif");
  writeFileSync(file, "data_salt\n_cell_length_a 5.64\n_cell_length_b 5.64\n_cell_length_c 5.64\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\n_symmetry_space_group_name_H-M 'F m -3 m'\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nNa1 0 0 0\nCl1 0.5 0.5 0.5\n");
  await (await page.$('input[type="file"]')).uploadFile(file);
  await until(() => location.hash.startsWith("#x="));
  const elsewhere = await (await browser.createBrowserContext()).newPage();
  await elsewhere.goto(page.url());
  await elsewhere.waitForFunction(() => document.querySelector('[data-part="crystal-name"]')?.textContent.includes("NaCl"), patience);
  console.log("a crystal in a link");

  await page.goto(`${base}/blog/what-an-electron-diffraction-pattern-is/`);
  await page.click("figure.live .play");
  await until(() => document.querySelector("figure.live[data-active]"));
  assert.deepEqual(problems, [], "the console");
  if (said.length) console.log(said.join("\n"));
} finally {
  await browser.close();
}
