// Two lists with a line between the places of every article that both have.
export default function ({ data, parentElement, setTriggerValue }) {
  const focused = parentElement.activeElement?.dataset;
  const pair = element("div", "pair board narrow");
  const lines = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  lines.setAttribute("aria-hidden", "true");
  const options = {
    chosen: data.chosen,
    still: false,
    heads: true,
    low: 0,
    high: 1,
    choose: (id) => setTriggerValue("clicked", id),
    point: (id, on) => {
      for (const same of pair.querySelectorAll(`[data-id="${id}"]`)) same.classList.toggle("pointed", on);
    },
  };
  const [a, b] = data.columns.map((column, number) => articleList(column, number, options));
  pair.append(a, lines, b);
  parentElement.querySelector(".frame")?.remove();
  parentElement.append(element("div", "frame", "", pair));
  new ResizeObserver(connect).observe(pair);
  if (focused?.id) {
    pair.querySelector(`[data-id="${focused.id}"][data-list="${focused.list}"]`)?.focus({ preventScroll: true });
  }

  function connect() {
    const box = lines.getBoundingClientRect();
    lines.replaceChildren();
    const middle = (card) => {
      const own = card.getBoundingClientRect();
      return own.top + own.height / 2 - box.top;
    };
    const places = new Map([...b.querySelectorAll(".article")].map((card, rank) => [card.dataset.id, [card, rank]]));
    [...a.querySelectorAll(".article")].forEach((card, rank) => {
      const other = places.get(card.dataset.id);
      if (!other) return;
      const [from, to] = [middle(card), middle(other[0])];
      const line = document.createElementNS(lines.namespaceURI, "path");
      line.setAttribute("d", `M0 ${from} C ${box.width / 2} ${from}, ${box.width / 2} ${to}, ${box.width} ${to}`);
      line.setAttribute("class", other[1] < rank ? "rose" : other[1] > rank ? "fell" : "stayed");
      line.dataset.id = card.dataset.id;
      lines.append(line);
    });
  }
}
