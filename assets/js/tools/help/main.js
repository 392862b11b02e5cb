// @ts-check
// The help: keys and gestures.

import { el, page } from "../../shared/dom.js";
import { dialog } from "../dialog.js";

const HEADS = ["What", "Mouse", "Touch", "Keyboard, on the pattern", "Button"];

const ROWS = [
  ["Tilt", "drag", "one-finger drag", "arrows; Shift = 10 steps; Alt = a tenth", "tilt pad"],
  ["Rotate in the plane", "Shift and drag, or drag near the edge", "two-finger twist", "comma and full stop; Shift = 10 times", "circular arrows, field"],
  ["Zoom (camera length)", "wheel, around the pointer", "pinch", "+ and −; 0 = fit", "+ and −"],
  ["Look at a spot", "click", "tap", "F, then arrows walk from spot to spot; Enter = details", "row of the table"],
  ["Centre a spot", "double click", "double tap", "Enter on a row of the table", "Centre"],
  ["Hold a spot or a Kikuchi band", "drag it; Shift keeps its row", "drag it", "", ""],
  ["Measure", "Measure, click A, then B", "Measure, tap", "M, walk, Enter", "Measure"],
  ["Snap to the nearest zone axis", "", "", "S", "Snap"],
  ["Next or previous common zone", "", "", "] and [", "zone buttons"],
  ["Undo", "", "", "Ctrl or Cmd and Z; Backspace", "Undo"],
  ["Redo", "", "", "Ctrl and Y; Shift, Ctrl or Cmd and Z", "Redo"],
  ["Search, zone field, help", "", "", "/, Z, ?", ""],
  ["Indices, Kikuchi, HOLZ, double diffraction, forbidden", "", "", "I, K, H, D, G", "Show"],
  ["Leave", "", "", "Tab moves on; Escape ends a mode", ""],
];

/** Opens the help. */
export function open() {
  const table = el("table", { className: "help" },
    el("thead", {}, el("tr", {}, ...HEADS.map((t) => el("th", { scope: "col" }, t)))),
    el("tbody", {}, ...ROWS.map(([first, ...rest]) => el("tr", {}, el("th", { scope: "row" }, first), ...rest.map((t, i) => {
      const cell = el("td", {}, t);
      cell.dataset.head = HEADS[i + 1];
      return cell;
    })))));
  const box = dialog("Keys and gestures",
    el("div", { className: "scroller", tabIndex: 0, role: "group", "aria-label": "Table of keys and gestures" }, table),
    el("p", {}, el("a", { href: "/blog/" }, "How the pattern is calculated")),
    el("p", { className: "hint" }, `Version ${page.build}`));
  box.classList.add("wide-dialog");
  box.showModal();
}
