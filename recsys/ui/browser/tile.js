// What every article looks like: its section as a coloured tile, its headline, how old it is, who suggested it.
const TILES = 12;

function tile(section, number) {
  const made = element("span", "tile", section);
  if (number >= 0) made.style.setProperty("--hue", `${Math.round((360 / TILES) * ((number * 5) % TILES))}deg`);
  else made.classList.add("plain");
  return made;
}

function dots(suggested) {
  const made = element("span", "dots");
  for (const one of suggested) {
    const dot = element("span", "dot", `${one.label} ${one.rank}`);
    dot.style.setProperty("--badge", `var(--st-${one.colour}-background-color)`);
    dot.style.setProperty("--badge-text", `var(--st-${one.colour}-text-color)`);
    made.append(dot, " ");
  }
  return made;
}
