// Checks in Firefox, by WebDriver BiDi: node run.mjs FIREFOX URL [CHECK…]
//
// Every other file of this folder holds checks: its export "checks" maps a name
// to a function of a browser (see Firefox below). To add one, write such a function;
// to try it alone, name it on the command line. Each has a profile of its own,
// at most a minute, and fails for whatever the console says against it. All run,
// and what failed is told at the end.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import puppeteer from "puppeteer-core";

const PATIENCE = { timeout: 40_000 };
const CHECK_MS = 60_000;

const [executablePath, base, ...names] = process.argv.slice(2);

/** What a check is given: pages of one profile. */
class Firefox {
  base = base;
  problems = [];
  others = [];
  #allowed = [];

  constructor(context, version) {
    this.context = context;
    this.version = version;
  }

  /** Another Firefox with preferences of its own; it ends with the check. */
  async with(prefs) {
    const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, extraPrefsFirefox: prefs });
    this.others.push(browser);
    const other = new Firefox(await browser.createBrowserContext(), this.version);
    other.problems = this.problems;
    return other;
  }

  /** Problems with one of these parts in their text belong to the check. */
  allow(...parts) {
    this.#allowed.push(...parts);
  }

  problem(text) {
    if (!this.#allowed.some((part) => text.includes(part))) this.problems.push(text);
  }

  /**
   * Opens a path of the site in a new tab. whole: as most visitors have it, with
   * canvas and saving for offline use; else the visitor saves data, which is
   * faster. before: a script that runs in the page before its own.
   */
  async open(path, { width = 1280, height = 900, whole = false, before = "", ready = true } = {}) {
    const page = await this.context.newPage();
    page.setDefaultTimeout(PATIENCE.timeout);
    page.on("console", (m) => m.type() === "error" && this.problem(`console: ${m.text()}`));
    page.on("pageerror", (e) => this.problem(`console: ${e}`));
    page.on("request", (r) => !/^(data|blob):/.test(r.url()) && !r.url().startsWith(base) && this.problem(`a request to ${r.url()}`));
    await page.setViewport({ width, height });
    if (!whole) await page.evaluateOnNewDocument(() => Object.defineProperty(Navigator.prototype, "connection", { value: { saveData: true } }));
    if (before) await page.evaluateOnNewDocument(new Function(before));
    await page.goto(`${base}${path}`);
    const tab = new Tab(page);
    if (ready && /^\/(sim\b|$|\?)/.test(path)) await tab.until(() => document.documentElement.dataset.ready === "engine");
    return tab;
  }
}

/** One tab: puppeteer's page, and what checks do with it. */
class Tab {
  constructor(page) {
    this.page = page;
  }

  /** Waits until a function of the page, given args, is true. */
  until(f, ...args) {
    return this.page.waitForFunction(f, PATIENCE, ...args);
  }

  /** Waits until the heading of the pattern names a crystal or a zone. */
  heading(part) {
    return this.until((p) => document.querySelector('[data-part="heading"]')?.textContent.includes(p), part);
  }

  /** The text of the first element of a selector, white space folded. */
  text(selector) {
    return this.page.$eval(selector, (n) => n.textContent.replace(/\s+/g, " ").trim());
  }

  value(selector) {
    return this.page.$eval(selector, (n) => n.value);
  }

  /** Replaces the text of a field as typing does; "\n" in it is Enter. */
  async fill(selector, text) {
    await this.page.$eval(selector, (n) => (n.focus(), n.select()));
    await this.page.keyboard.type(text);
  }

  /** Presses a key in the pattern. */
  async key(name) {
    await this.page.focus("#field");
    await this.page.keyboard.press(name);
  }

  /** Drags with the mouse; places are parts of the pattern's width and height. */
  async drag([fromX, fromY], [toX, toY], steps = 12) {
    const { x, y, width, height } = await (await this.page.$("#field")).boundingBox();
    await this.page.mouse.move(x + fromX * width, y + fromY * height);
    await this.page.mouse.down();
    await this.page.mouse.move(x + toX * width, y + toY * height, { steps });
    await this.page.mouse.up();
  }
}

const checks = [];
for (const file of readdirSync(import.meta.dirname).filter((f) => f.endsWith(".mjs") && f !== "run.mjs").sort()) {
  const module = await import(`./${file}`);
  assert.ok(module.checks, `${file} exports no checks`);
  checks.push(...Object.entries(module.checks));
}
const chosen = names.length ? checks.filter(([name]) => names.includes(name)) : checks;
assert.ok(chosen.length >= Math.max(names.length, 1), `there are only the checks ${checks.map(([name]) => name).join("; ")}`);

const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
const failed = [];
try {
  const version = await browser.version();
  console.log(version);
  for (const [name, check] of chosen) {
    const began = Date.now();
    const context = await browser.createBrowserContext();
    const firefox = new Firefox(context, version);
    let late;
    try {
      const end = new Promise((_, fail) => (late = setTimeout(() => fail(new Error(`not done after ${CHECK_MS} ms`)), CHECK_MS)));
      await Promise.race([check(firefox), end]);
      assert.deepEqual(firefox.problems, [], "the console");
      console.log(`ok: ${name}, ${Date.now() - began} ms`);
    } catch (error) {
      failed.push(name);
      console.log(`FAILED: ${name}, after ${Date.now() - began} ms: ${error.stack}`);
    }
    clearTimeout(late);
    for (const other of firefox.others) await other.close().catch(() => {});
    await context.close().catch(() => {});
  }
} finally {
  await browser.close();
}
assert.deepEqual(failed, [], "checks that failed");
