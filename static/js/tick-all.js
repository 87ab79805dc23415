// One box that ticks all boxes of a name: <input type="checkbox" data-tick-all="eoi" hidden>; it shows itself, for without
// JavaScript it would do nothing.
export function start(input) {
  const boxes = [...document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(input.dataset.tickAll)}"]`)].filter((b) => !b.disabled);
  const show = () => {
    const ticked = boxes.filter((b) => b.checked).length;
    input.checked = ticked > 0 && ticked === boxes.length;
    input.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  input.hidden = false;
  input.addEventListener("change", () => {
    boxes.forEach((b) => (b.checked = input.checked));
    show();
  });
  boxes.forEach((b) => b.addEventListener("change", show));
  show();
}
