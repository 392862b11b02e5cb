// Ways through the site, and controls without effect: the menu without a script of
// its own, powder rings, the HOLZ ring outside the picture, somebody else's link.
import assert from "node:assert/strict";

export const checks = {
  async "ways and controls without effect"(firefox) {
    const tab = await firefox.open("/sim?z=1,1,0&o=ihs", { width: 390, height: 844 });
    await tab.page.click("#menu summary");
    await tab.until(() => document.querySelector("#menu nav").checkVisibility());
    const box = await tab.page.$eval("#menu nav", (n) => n.getBoundingClientRect().toJSON());
    assert.ok(box.left >= 0 && box.right <= 390, `the menu is from ${box.left} to ${box.right}`);
    await tab.key("Escape");
    await tab.until(() => !document.querySelector("#menu").open);

    assert.match(await tab.page.$eval('[data-part="holz"]', (n) => n.textContent), /a radius of 45\.5.*outside the picture/);
    await tab.page.$eval('[data-part="holz"] button', (n) => n.click());
    await tab.until(() => document.querySelector("#drawing .holz path") && document.querySelector('[data-part="holz"]').hidden);

    await tab.page.$eval('[name="m"][value="rings"]', (n) => n.click());
    await tab.until(() => document.querySelector('#panel-show [value="k"]').disabled && document.querySelector("#zone-form").inert);
    assert.match(await tab.page.$eval('[data-off="o"]', (n) => n.textContent), /HOLZ and forbidden spots have no part in them/);

    // The macrons of the bars take no room here either.
    await tab.page.$eval('[name="m"][value="k"]', (n) => n.click());
    await tab.until(() => document.querySelector("#rows .ob i"));
    assert.deepEqual(await tab.page.$$eval(".ob i", (all) => all.filter((n) => n.getBoundingClientRect().width > 0).map((n) => n.parentNode.parentNode.outerHTML)), []);

    await tab.page.evaluate(() => localStorage.setItem("zoneaxis.match", "h"));
    const link = await firefox.open("/sim?z=1,1,1");
    await link.until(() => [...document.querySelectorAll(".toast")].some((n) => n.textContent.includes("not as on your screen")));
    assert.ok(!(await link.page.evaluate(() => location.search)).includes("f="), "a link was turned over");
    await link.page.evaluate(() => localStorage.removeItem("zoneaxis.match"));
  },
};
