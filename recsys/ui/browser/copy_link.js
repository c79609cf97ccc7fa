// Copies the address, which names everything that is on screen.
export default function ({ parentElement }) {
  if (parentElement.querySelector("button")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy link";
  button.setAttribute("aria-live", "polite");
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy link"), 2000);
    } catch {
      prompt("Copy this link:", location.href); // a page without HTTPS may not write to the clipboard
    }
  };
  parentElement.append(button);
}
