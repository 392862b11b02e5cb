// @ts-check
// The tool in use, tilt or measure. One state: the buttons on the pattern, the
// key M and, where panels stand behind tabs, the tab Measure all show and change it.

import { $$ } from "../shared/dom.js";
import { signal } from "../shared/signal.js";
import { main } from "./pattern.js";

/** The tool was changed. @type {import('../shared/signal.js').Signal<[]>} */
export const toolChanged = signal();

export const measuring = () => main.dataset.tool === "measure";

/** @param {string} tool */
export function useTool(tool) {
  if (main.dataset.tool === tool) return;
  main.dataset.tool = tool;
  for (const b of $$("button[data-tool]")) b.setAttribute("aria-pressed", String(b.dataset.tool === tool));
  toolChanged.emit();
}
