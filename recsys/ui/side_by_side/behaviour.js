// Builds the lists from the data of every run, and tells Python which article was clicked.
export default function ({ data, parentElement, setTriggerValue }) {
  const focused = parentElement.activeElement?.dataset;
  const board = document.createElement("div");
  board.className = "board";
  board.tabIndex = 0;
  board.setAttribute("role", "group");
  board.setAttribute("aria-label", "Lists side by side");
  data.columns.forEach((column, number) => board.append(list(column, number)));
  parentElement.querySelector(".board")?.remove();
  parentElement.append(board);
  if (focused?.id) {
    board.querySelector(`[data-id="${focused.id}"][data-list="${focused.list}"]`)?.focus();
  }

  function list(column, number) {
    const section = element("section", "list");
    section.style.setProperty("--colour", `var(--st-${column.colour}-color)`);
    section.style.setProperty("--badge", `var(--st-${column.colour}-background-color)`);
    section.style.setProperty("--badge-text", `var(--st-${column.colour}-text-color)`);
    const head = element("div", "head", column.label);
    head.id = `list-${number}`;
    section.setAttribute("aria-labelledby", head.id);
    section.append(head);
    if (column.entries.length === 0) {
      section.append(element("p", "note", column.empty));
      return section;
    }
    const entries = element("ol");
    for (const entry of column.entries) {
      const item = element("li");
      item.append(article(entry, number));
      entries.append(item);
    }
    section.append(entries);
    return section;
  }

  function article(entry, number) {
    const button = element("button", entry.id === data.chosen ? "article chosen" : "article");
    button.type = "button";
    button.dataset.id = entry.id;
    button.dataset.list = number;
    button.setAttribute("aria-pressed", String(entry.id === data.chosen));
    button.append(element("span", "title", entry.title));
    if (entry.hit) button.append(element("span", "hit", "✓ opened next"));
    if (entry.note) button.append(element("span", "note", entry.note));
    button.onclick = () => setTriggerValue("clicked", entry.id);
    button.onpointerenter = button.onfocus = () => point(entry.id, true);
    button.onpointerleave = button.onblur = () => point(entry.id, false);
    return button;
  }

  function point(id, on) {
    for (const same of board.querySelectorAll(`[data-id="${id}"]`)) same.classList.toggle("pointed", on);
  }

  function element(tag, name, text) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text) made.textContent = text; // headlines are data: never HTML
    return made;
  }
}
