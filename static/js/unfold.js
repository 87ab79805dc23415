// What an answer asks besides shows while that radio is chosen: <input type="radio" data-unfolds="id-of-the-group">.
export function start(input) {
  const group = document.getElementById(input.dataset.unfolds);
  if (!group) return;
  const show = () => (group.hidden = !input.checked);
  const others = [...(input.form ?? document).querySelectorAll(`input[type=radio][name="${CSS.escape(input.name)}"]`)];
  others.forEach((radio) => radio.addEventListener("change", show));
  window.addEventListener("pageshow", show); // back from another page a browser may tick again what it remembers
  show();
}
