// @ts-check
// The page that stands for one that is not on this device: what was asked for is
// in its address.

import { $, button } from "../shared/dom.js";

/** "/library/si/#z1_m1_0" is silicon along [1−10]. */
const sheet = /^\/library\/([\w-]+)\/?(?:#z(m?\d+)_(m?\d+)_(m?\d+))?$/.exec(location.pathname + location.hash);
const [, crystal, ...zone] = sheet ?? [];
if (crystal && !["d", "ratio"].includes(crystal)) {
  const link = $("#away-crystal");
  link.href = `/sim?c=lib-${crystal}${zone[0] ? `&z=${zone.join(",").replaceAll("m", "-")}` : ""}`;
  link.parentElement.hidden = false;
}
$("#away-again").append(button("Try again", { primary: true, onclick: () => location.reload() }));
