// The school search as one types: replaces the box of a plain GET form, which stays the way without JavaScript.
// <input data-school-search="/schools/suggest" name="q" id="…"> in its form; a chosen school goes to data-school-url with
// its URN in place of 000000, or, with data-school-urn naming a hidden field, is written there.
import "./accessible-autocomplete.min.js";

const WAIT = 180;
const LEAST = 3;

const escaped = (text) => String(text ?? "").replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const about = (school) => [school.town, school.postcode, school.urn && `URN ${school.urn}`].filter(Boolean).join(" · ");

export function start(input) {
  const { schoolSearch, schoolUrl, schoolUrn } = input.dataset;
  const address = schoolSearch || "/schools/suggest";
  const box = document.createElement("div");
  box.dataset.schoolSearchBox = "";
  input.after(box);

  let timer, asked;
  const source = (query, show) => {
    clearTimeout(timer);
    asked?.abort();
    if (query.trim().length < LEAST) return show([]);
    timer = setTimeout(async () => {
      asked = new AbortController();
      try {
        const answer = await fetch(`${address}?q=${encodeURIComponent(query)}`, {
          headers: { Accept: "application/json" },
          signal: asked.signal,
        });
        if (answer.ok) {
          const found = await answer.json();
          show(Array.isArray(found) ? found : (found.schools ?? []));
        }
      } catch {
        // No connection, or overtaken by the next letter: the button still searches.
      }
    }, WAIT);
  };

  const described = input.getAttribute("aria-describedby");
  const id = input.id;
  // Enter in the box searches, as it does without scripts; only on a school that is marked does it choose.
  box.addEventListener("keydown", (event) => event.key === "Enter" && event.target.id === id && event.stopPropagation(), true);
  window.accessibleAutocomplete({
    element: box,
    id,
    name: input.name,
    defaultValue: input.value,
    minLength: LEAST,
    confirmOnBlur: false,
    showNoOptionsFound: false,
    displayMenu: "overlay",
    source,
    tAssistiveHint: () => "When schools are found, use the up and down arrows to go through them and enter to choose.",
    templates: {
      inputValue: (school) => (school ? school.name : ""),
      suggestion: (school) =>
        typeof school === "string"
          ? escaped(school)
          : `<span class="app-suggestion__name">${escaped(school.name)}</span><span class="app-suggestion__about">${escaped(about(school))}</span>`,
    },
    onConfirm: (school) => {
      if (!school?.urn) return;
      if (schoolUrl) {
        window.location.assign(schoolUrl.replace("000000", encodeURIComponent(school.urn)));
      } else if (schoolUrn) {
        document.getElementById(schoolUrn).value = school.urn;
      }
    },
  });
  input.remove();
  const drawn = document.getElementById(id);
  if (drawn) {
    drawn.setAttribute("autocomplete", "off");
    drawn.setAttribute("spellcheck", "false");
    if (described) drawn.setAttribute("aria-describedby", `${described} ${drawn.getAttribute("aria-describedby") ?? ""}`.trim());
  }
}
