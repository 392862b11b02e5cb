// @ts-check
// Tools: parts of the page that the first pattern does not need, each a folder of
// assets/js/tools with its markup in its script and its styles in assets/css/tools.
// They are loaded when they are first opened, or when there is nothing better to
// do. One that cannot be had says so and can be tried again; nothing else breaks.

import { el } from "../shared/dom.js";
import { reachable } from "../shared/line.js";
import { ask, toast } from "./messages.js";

/**
 * @typedef {object} Tools
 * @property {typeof import("../tools/browse/main.js")} browse
 * @property {typeof import("../tools/export/main.js")} export
 * @property {typeof import("../tools/files/main.js")} files
 * @property {typeof import("../tools/help/main.js")} help
 * @property {typeof import("../tools/search/main.js")} search
 * @property {typeof import("../tools/second/main.js")} second
 * @property {typeof import("../tools/sheet/main.js")} sheet
 * @property {typeof import("../tools/stereonet/main.js")} stereonet
 * @property {typeof import("../tools/table/main.js")} table
 * @property {typeof import("../tools/tilt/main.js")} tilt
 * @property {typeof import("../tools/views/main.js")} views
 */

/** The names of all tools; the build fills them in. */
const NAMES = "__TOOLS__";

/** Those that are there. @type {Partial<Tools>} */
const there = {};
/** Those that are on their way. @type {Map<string, Promise<any>>} */
const coming = new Map();
let failures = 0;

/** @param {string} name whether it is that of a tool */
export const isTool = (name) => NAMES.split(" ").includes(name);

/**
 * Loads a tool, once.
 * @template {keyof Tools} Name
 * @param {Name} name
 * @returns {Promise<Tools[Name]>} fails if it cannot be had now
 */
export function load(name) {
  let tool = coming.get(name);
  if (!tool) {
    tool = Promise.all([script(name), styles(name)]).then(([module]) => (there[name] = module));
    coming.set(name, tool);
    tool.catch(() => {
      failures++;
      coming.delete(name);
    });
  }
  return tool;
}

/** @param {string} path @returns {string} */
const address = (path) => new URL(`../../${path}`, import.meta.url).href;

/**
 * A browser may remember that a module did not come: after a failure it is asked
 * for under another name.
 * @param {string} name
 */
const script = (name) => import(address(`js/tools/${name}/main.js`) + (failures ? `#${failures}` : ""));

/** @param {string} name */
function styles(name) {
  return new Promise((done, fail) => {
    const link = el("link", { rel: "stylesheet", href: address(`css/tools/${name}.css`) });
    link.addEventListener("load", done);
    link.addEventListener("error", () => {
      link.remove();
      fail(new Error(`the styles of ${name}`));
    });
    document.body.append(link); // after the styles of the page, which it builds on
  });
}

const SLOW_MS = 500;

/**
 * Does something with a tool that a person has just asked for: at once if it is
 * there. If it cannot be had the person is told and can try again.
 * @template {keyof Tools} Name
 * @param {Name} name
 * @param {(tool: Tools[Name]) => any} run
 * @returns {Promise<any>} what run returns; undefined if the tool did not come
 */
export async function use(name, run) {
  const here = /** @type {Tools[Name] | undefined} */ (there[name]);
  if (here) return run(here);
  const slow = setTimeout(() => toast("Loading this part of the simulator…"), SLOW_MS);
  let tool;
  try {
    tool = await load(name);
  } catch {
    return missing(name, () => use(name, run));
  } finally {
    clearTimeout(slow);
  }
  return run(tool);
}

let opened = 0;

/**
 * Opens a tool that is a dialog; of several that are waited for only the last.
 * @param {"browse" | "export" | "help" | "second" | "stereonet" | "table"} name
 */
export function open(name) {
  const mine = ++opened;
  return use(name, (tool) => mine === opened && tool.open());
}

/** @param {string} name @param {() => void} again */
async function missing(name, again) {
  // The server may have gone on to another build, which has other files.
  const up = await reachable();
  const gone = up && (await fetch(address(`js/tools/${name}/main.js`), { method: "HEAD" }).then((answer) => answer.status === 404, () => false));
  if (gone) return void ask("There is a new version of the simulator, and this part of the old one is no longer there.", { label: "Reload", run: () => location.reload() });
  ask(up ? "This part of the simulator did not load." : "You are offline and this part of the simulator is not saved on this device.", { label: "Try again", run: again });
}

/** Loads all tools, before anyone asks for them. */
export const loadAll = () => Promise.allSettled(NAMES.split(" ").map((name) => load(/** @type {keyof Tools} */ (name))));
