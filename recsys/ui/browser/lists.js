// Builds the lists from the data of every run, and tells Python which article was clicked.
export default function ({ data, parentElement, setTriggerValue }) {
  const focused = parentElement.activeElement?.dataset;
  const scores = data.columns.flatMap((column) => column.cards.map((card) => card.score)).filter((one) => one !== null);
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  const board = element("div", `board ${data.kind}`);
  data.columns.forEach((column, number) => board.append(list(column, number)));
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

  function list(column, number) {
    const section = element("section", "list");
    section.style.setProperty("--colour", `var(--st-${column.colour}-color)`);
    section.style.setProperty("--badge", `var(--st-${column.colour}-background-color)`);
    section.style.setProperty("--badge-text", `var(--st-${column.colour}-text-color)`);
    section.setAttribute("aria-label", column.label);
    if (data.kind === "narrow") section.append(element("div", "head", column.label));
    if (column.cards.length === 0) {
      section.append(element("p", "note", column.empty));
      return section;
    }
    const cards = element("ol");
    for (const card of column.cards) cards.append(element("li", "", "", article(card, number)));
    section.append(cards);
    if (!data.still) oneTabStop(cards);
    return section;
  }

  function article(card, number) {
    const made = element(data.still ? "div" : "button", card.id === data.chosen ? "article chosen" : "article");
    if (!data.still) {
      made.type = "button";
      made.setAttribute("aria-pressed", String(card.id === data.chosen));
      made.onclick = () => setTriggerValue("clicked", card.id);
    }
    made.dataset.id = card.id;
    made.dataset.list = number;
    const title = element("span", "title", card.title);
    title.title = card.title;
    const about = element("span", "about");
    if (card.section) about.append(tile(card.section, card.tile));
    if (card.mark) about.append(element("span", "mark", card.mark));
    if (card.note) about.append(element("span", "note", card.note));
    if (card.hit) about.append(element("span", "hit", "✓ opened next"));
    made.append(title, about);
    if (card.suggested.length) made.append(dots(card.suggested));
    if (card.score !== null) {
      const score = element("span", "score", card.score.toFixed(2));
      score.style.setProperty("--length", `${(100 * (card.score - low)) / (high - low || 1)}%`);
      score.title = "The reranker's score";
      made.append(score);
    }
    made.onpointerenter = made.onfocus = () => point(card.id, true);
    made.onpointerleave = made.onblur = () => point(card.id, false);
    return made;
  }

  // A list is one stop of the Tab key; the arrows move in it.
  function oneTabStop(cards) {
    const buttons = [...cards.querySelectorAll("button")];
    buttons.forEach((button, index) => (button.tabIndex = index ? -1 : 0));
    cards.onkeydown = (event) => {
      const at = buttons.indexOf(event.target);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
      if (to === undefined || !buttons[to]) return;
      event.preventDefault();
      buttons[at].tabIndex = -1;
      buttons[to].tabIndex = 0;
      buttons[to].focus();
    };
  }

  function point(id, on) {
    for (const same of board.querySelectorAll(`[data-id="${id}"]`)) same.classList.toggle("pointed", on);
  }
}
