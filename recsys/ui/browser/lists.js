// Builds the lists from the data of every run, and tells Python which article was clicked.
export default function ({ data, parentElement, setTriggerValue }) {
  const focused = parentElement.activeElement?.dataset;
  const scores = data.columns.flatMap((column) => column.cards.map((card) => card.score)).filter((one) => one !== null);
  const board = element("div", data.kind === "single" ? "board narrow single" : `board ${data.kind}`);
  const options = {
    chosen: data.chosen,
    still: data.still,
    heads: data.kind !== "wide",
    low: Math.min(...scores),
    high: Math.max(...scores),
    choose: (id) => setTriggerValue("clicked", id),
    point: (id, on) => {
      for (const same of board.querySelectorAll(`[data-id="${id}"]`)) same.classList.toggle("pointed", on);
    },
  };
  data.columns.forEach((column, number) => board.append(articleList(column, number, options)));
  const old = parentElement.querySelector(".frame");
  const scrolled = old?.querySelector(".board")?.scrollLeft ?? 0;
  const frame = element("div", "frame edge", "", board);
  old?.remove();
  parentElement.append(frame);
  board.scrollLeft = scrolled;
  watchEdge(frame, board);
  if (focused?.id) {
    board.querySelector(`[data-id="${focused.id}"][data-list="${focused.list}"]`)?.focus({ preventScroll: true });
  }
}
