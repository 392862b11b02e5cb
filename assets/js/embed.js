// @ts-check
// The embedded pattern, in the frame of another site.

import { $$ } from "./dom.js";
import { waken } from "./figure-wake.js";

waken($$("figure.live"));
