// One source for every figure: what the page marks as one figure (`data-figure`) says the same in all places.
const said = new Map();
for (const place of document.querySelectorAll("[data-figure]")) {
  if (!place.checkVisibility({ checkVisibilityCSS: true })) continue;
  const figure = /[\d.,]+\s?(%|[kMGT]?B)/.exec(place.textContent)?.[0].replace(/\s/g, " ");
  if (figure === undefined) continue;
  const name = place.dataset.figure;
  said.set(name, [...(said.get(name) ?? []), figure]);
}
return [...said].filter(([, figures]) => new Set(figures).size > 1).map(([name, figures]) => `${name}: ${figures.join(" or ")}`);
