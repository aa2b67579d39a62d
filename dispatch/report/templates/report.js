"use strict";
// One courier at a time: a click on a name or a route shows it alone, a second click all again.
const marked = document.querySelectorAll("[data-courier]");
let chosen = null;
function choose(courier) {
  chosen = chosen === courier ? null : courier;
  document.body.classList.toggle("one", chosen !== null);
  for (const node of marked) node.classList.toggle("on", node.dataset.courier === chosen);
}
for (const node of marked) {
  if (node.matches("button, .route")) node.addEventListener("click", () => choose(node.dataset.courier));
}

// The map: wheel zooms at the pointer, drag moves, double click resets. Markers keep their size.
const map = document.querySelector("svg.map");
const world = map.querySelector(".world");
const grid = map.querySelector(".grid");
const scale = map.querySelector(".scale");
let view = { k: 1, x: 0, y: 0 };
function show() {
  const transform = `translate(${view.x} ${view.y}) scale(${view.k})`;
  world.setAttribute("transform", transform);
  grid.setAttribute("transform", transform);
  scale.style.display = view.k === 1 ? "" : "none";
  for (const dot of world.querySelectorAll(".dot")) {
    dot.setAttribute("transform", `translate(${dot.dataset.x} ${dot.dataset.y}) scale(${1 / view.k})`);
  }
}
function at(event) {
  const point = new DOMPoint(event.clientX, event.clientY);
  return point.matrixTransform(map.getScreenCTM().inverse());
}
map.addEventListener("wheel", (event) => {
  event.preventDefault();
  const p = at(event);
  const k = Math.min(20, Math.max(0.1, view.k * Math.exp(-event.deltaY / 400)));
  view = {
    k, x: p.x - ((p.x - view.x) * k) / view.k, y: p.y - ((p.y - view.y) * k) / view.k,
  };
  show();
}, { passive: false });
let grabbed = null;
map.addEventListener("pointerdown", (event) => { const p = at(event); grabbed = { x: p.x - view.x, y: p.y - view.y }; });
window.addEventListener("pointerup", () => { grabbed = null; });
map.addEventListener("pointermove", (event) => {
  if (!grabbed || event.buttons === 0) return;
  const p = at(event);
  view = { k: view.k, x: p.x - grabbed.x, y: p.y - grabbed.y };
  show();
});
map.addEventListener("dblclick", () => { view = { k: 1, x: 0, y: 0 }; show(); });
