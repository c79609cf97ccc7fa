// Makes an element with a class, a text and children. Headlines are data: text, never HTML.
function element(tag, name, text, ...children) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined && text !== null && text !== "") made.textContent = text;
  made.append(...children);
  return made;
}
