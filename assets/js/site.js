// @ts-check
/** Pages around the simulator: colour theme and search of the articles. */

import { setUpTheme } from "./theme.js";
