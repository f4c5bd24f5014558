// Optional: arrows for the rows of films, for those who have neither a touch screen nor patience
// for the scroll bar. Without this file the rows scroll by touch, wheel, keyboard and tabbing.
"use strict";

const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

function arrow(reel, direction, said) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `arrow ${direction < 0 ? "back" : "on"}`;
  button.tabIndex = -1; // the keyboard scrolls the row itself
  button.setAttribute("aria-hidden", "true");
  button.title = said;
  button.addEventListener("click", () => {
    const behavior = calm.matches ? "auto" : "smooth";
    reel.scrollBy({ left: direction * reel.clientWidth * 0.8, behavior });
  });
  return button;
}

for (const reel of document.querySelectorAll(".reel")) {
  const back = arrow(reel, -1, "Back");
  const on = arrow(reel, 1, "On");
  reel.before(back);
  reel.after(on);
  const show = () => {
    back.hidden = reel.scrollLeft < 8;
    on.hidden = reel.scrollLeft + reel.clientWidth > reel.scrollWidth - 8;
  };
  reel.addEventListener("scroll", show, { passive: true });
  new ResizeObserver(show).observe(reel);
  show();
}
