// Text that has no room: hidden in part without an ellipsis, or outside of its button; and a page that scrolls sideways.
const faults = [];
const say = (node, why) => faults.push(`${why}: <${node.tagName.toLowerCase()} class="${node.className}"> ${node.textContent.trim().slice(0, 60)}`);
if (document.documentElement.scrollWidth > innerWidth + 1) faults.push("the page scrolls sideways");
for (const main of document.querySelectorAll("main")) {
  if (main.scrollWidth > main.clientWidth + 1) say(main, "main scrolls sideways");
}
for (const node of document.querySelectorAll("body *")) {
  if (!node.checkVisibility({ checkVisibilityCSS: true }) || node.closest("svg, .visually-hidden, [aria-hidden=true]")) continue;
  const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  if (!own && !["BUTTON", "A"].includes(node.tagName)) continue;
  const style = getComputedStyle(node);
  if (style.clipPath !== "none" || node.clientWidth === 0) continue;
  const ellipsis = style.textOverflow === "ellipsis";
  if (node.scrollWidth > node.clientWidth + 1 && !ellipsis && style.overflowX !== "auto" && style.display !== "inline") say(node, "too wide");
  if (node.scrollHeight > node.clientHeight + 6 && style.overflowY === "hidden" && !ellipsis) say(node, "too high");
}
return faults;
