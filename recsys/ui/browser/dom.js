// Makes an element with a class, a text and children. Headlines are data: text, never HTML.
function element(tag, name, text, ...children) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined && text !== null && text !== "") made.textContent = text;
  made.append(...children);
  return made;
}

// A shadow on a frame where what scrolls in it goes on beyond the edge (edge.css).
function watchEdge(frame, scroller) {
  const look = () => {
    frame.classList.toggle("more", scroller.scrollLeft + scroller.clientWidth < scroller.scrollWidth - 2);
  };
  scroller.onscroll = look;
  new ResizeObserver(look).observe(scroller);
}
