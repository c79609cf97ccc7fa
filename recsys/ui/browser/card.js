// An article in a list: { id, title, section, tile, note, mark, hit, score, suggested, shown }. A click calls
// `choose`.
function articleCard(card, { chosen, still, low, high, choose, point }) {
  const made = element(still ? "div" : "button", card.id === chosen ? "article chosen" : "article");
  if (!still) {
    made.type = "button";
    made.setAttribute("aria-pressed", String(card.id === chosen));
    made.onclick = () => choose(card.id);
  }
  made.dataset.id = card.id;
  const title = element("span", "title", card.title);
  title.title = card.shown.teaser ? `${card.title}\n${card.shown.teaser}` : card.title;
  const about = element("span", "about");
  if (card.tile >= 0) about.append(tile(card.section, card.tile));
  if (card.mark) about.append(element("span", "mark", card.mark));
  if (card.note) about.append(element("span", "note", card.note));
  if (card.hit) about.append(element("span", "hit", "✓ opened next"));
  if (card.shown.picture) made.append(picture(card.shown.picture));
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

// A picture beside the headline; it goes where it can't be loaded, and its server is not told which page shows it.
function picture(address) {
  const made = element("img", "picture");
  made.alt = "";
  made.loading = "lazy";
  made.referrerPolicy = "no-referrer";
  made.onerror = () => made.remove();
  made.src = address;
  return made;
}

// Where an article is, in a window of its own.
function link(address) {
  const made = element("a", "link", "↗");
  made.href = address;
  made.target = "_blank";
  made.rel = "noopener noreferrer";
  made.title = "Open the article";
  made.setAttribute("aria-label", "Open the article in a new window");
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

// One list in its colours, with its cards.
function articleList(column, number, options) {
  const section = element("section", "list");
  section.style.setProperty("--colour", `var(--st-${column.colour}-color)`);
  section.style.setProperty("--badge", `var(--st-${column.colour}-background-color)`);
  section.style.setProperty("--badge-text", `var(--st-${column.colour}-text-color)`);
  section.setAttribute("aria-label", column.label);
  if (options.heads) section.append(element("div", "head", column.label));
  if (column.cards.length === 0) {
    section.append(element("p", "note", column.empty));
    return section;
  }
  const cards = element("ol");
  for (const card of column.cards) {
    const made = articleCard(card, options);
    made.dataset.list = number;
    cards.append(element("li", card.shown.url ? "linked" : "", "", made, ...(card.shown.url ? [link(card.shown.url)] : [])));
  }
  section.append(cards);
  if (!options.still) oneTabStop(cards);
  return section;
}
