// @ts-check
// The controls of figures that may come alive.

import { $$ } from "../shared/dom.js";

/**
 * Shows the controls of the figures, if the browser can run the engine. What moves them is loaded when one of them
 * is first touched.
 * @param {HTMLElement[]} nodes
 */
export function waken(nodes) {
  if (typeof WebAssembly !== "object") return;
  /** @type {Promise<any> | null} */
  let module = null;
  for (const node of nodes) {
    for (const control of $$(".play, .figure-tools label", node)) control.hidden = false;
    for (const name of ["click", "input"]) {
      node.addEventListener(name, (event) => {
        if (module || (name === "click" && !(/** @type {Element} */ (event.target).closest(".play")))) return;
        module = import("./figure.js");
        module.then(
          (m) => m.setUp(nodes, node, name),
          () => (module = null),
        );
      });
    }
  }
}
