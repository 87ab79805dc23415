// What every page starts. Pages work without any of it; `html[data-ready]` says that all of it has started.
import { initAll } from "./govuk-frontend.min.js";

initAll();

// On a phone the navigation is one row: begin where the reader is.
const here = document.querySelector(".app-nav__link--current");
if (here) here.closest("ul").scrollLeft = here.offsetLeft - here.closest("ul").offsetLeft - 60;

const search = document.querySelectorAll("[data-school-search]");
if (search.length) {
  const { start } = await import("./school-search.js");
  search.forEach(start);
}

const all = document.querySelectorAll("input[data-tick-all]");
if (all.length) {
  const { start } = await import("./tick-all.js");
  all.forEach(start);
}

const unfolding = document.querySelectorAll("input[data-unfolds]");
if (unfolding.length) {
  const { start } = await import("./unfold.js");
  unfolding.forEach(start);
}

document.documentElement.dataset.ready = "";
