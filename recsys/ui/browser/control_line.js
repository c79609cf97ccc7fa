// On a phone the controls are folded into this line; a wider screen shows them and not the line (page.css).
export default function ({ data, parentElement }) {
  const bar = parentElement.host.closest(".st-key-control_bar");
  let button = parentElement.querySelector("button");
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    button.className = "line";
    button.append(document.createElement("span"), document.createElement("b"));
    button.onclick = () => {
      bar.toggleAttribute("data-open");
      show();
    };
    parentElement.append(button);
  }
  button.querySelector("span").textContent = data.line;
  show();

  function show() {
    const open = bar.hasAttribute("data-open");
    button.setAttribute("aria-expanded", String(open));
    button.querySelector("b").textContent = open ? "Done" : "Change";
  }
}
