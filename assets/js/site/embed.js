// @ts-check
// The embedded pattern, in the frame of another site.

import { $$ } from "../shared/dom.js";
import { waken } from "./figure-wake.js";

waken($$("figure.live"));
