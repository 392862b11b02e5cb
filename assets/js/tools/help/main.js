// @ts-check
// The help: keys and gestures, and what the settings do.

import { el, page } from "../../shared/dom.js";
import { dialog } from "../dialog.js";

const HEADS = ["What", "Mouse", "Touch", "Keyboard, on the pattern", "Button"];

const ROWS = [
  ["Tilt", "drag", "one-finger drag", "arrows; Shift = 10 steps; Alt = a tenth", "tilt pad"],
  ["Rotate in the plane", "Shift and drag, or drag near the edge", "two-finger twist, from 8° on", "comma and full stop; Shift = 10 times", "circular arrows, field"],
  ["Zoom (camera length)", "wheel, around the pointer", "pinch", "+ and −; 0 = fit", "+ and −"],
  ["Look at a spot", "click", "tap", "F, then arrows walk from spot to spot; Enter = details", "row of the table"],
  ["Centre a spot", "double click", "double tap", "Enter on a row of the table", "Centre"],
  ["Hold a spot or a Kikuchi band", "drag it; Shift keeps its row", "drag it", "", ""],
  ["Keep the row of a spot while tilting", "", "", "L", "lock, above the panels of a phone"],
  ["Measure", "Measure, click A, then B", "Measure, tap", "M, walk, Enter", "Measure"],
  ["Snap to the nearest zone axis", "", "", "S", "Snap"],
  ["Next or previous common zone", "", "", "] and [", "zone buttons"],
  ["Undo", "", "", "Ctrl or Cmd and Z; Backspace", "Undo"],
  ["Redo", "", "", "Ctrl and Y; Shift, Ctrl or Cmd and Z", "Redo"],
  ["Search, zone field, help", "", "", "/, Z, ?", ""],
  ["Indices, Kikuchi, HOLZ, double diffraction, forbidden", "", "", "I, K, H, D, G", "Show"],
  ["Leave", "", "", "Tab moves on; Escape ends a mode", ""],
];

const SETTING_HEADS = ["Setting", "Values", "If nothing is chosen", "What it does"];

/** From the table of settings (internal/link); the build fills it in. @type {string[][]} */
const SETTINGS = [/* __SETTINGS__ */];

/**
 * A table that becomes a list where there is no room.
 * @param {string[]} heads
 * @param {string[][]} rows
 */
function table(heads, rows) {
  const body = rows.map(([first, ...rest]) =>
    el("tr", {}, el("th", { scope: "row" }, first), ...rest.map((text, i) => {
      const cell = el("td", {}, text);
      cell.dataset.head = heads[i + 1];
      return cell;
    })));
  return el("table", { className: "help" }, el("thead", {}, el("tr", {}, ...heads.map((t) => el("th", { scope: "col" }, t)))), el("tbody", {}, ...body));
}

/** Opens the help. */
export function open() {
  const box = dialog("Keys and gestures",
    el("div", { className: "scroller", tabIndex: 0, role: "group", "aria-label": "Tables of keys, gestures and settings" },
      table(HEADS, ROWS), el("h3", {}, "Settings"), table(SETTING_HEADS, SETTINGS)),
    el("p", {}, el("a", { href: "/blog/" }, "How the pattern is calculated")),
    el("p", { className: "hint" }, `Version ${page.build}`));
  box.classList.add("wide-dialog");
  box.showModal();
}
