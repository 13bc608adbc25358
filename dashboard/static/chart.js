// A stacked column chart of the windows of /api/counts, drawn as SVG in whole pixels.

const SVG = "http://www.w3.org/2000/svg";
const MINUTE_MS = 60_000;
// Minutes between two times on the axis, as one would choose them by hand.
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880];
const MARGIN = { top: 10, right: 6, bottom: 26, left: 44 };

function drawShape(parent, name, attributes, text) {
  const shape = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
  if (text !== undefined) shape.textContent = text;
  parent.append(shape);
  return shape;
}

/** Choose round steps so that about four lines cover 0..highest. */
export function chooseTicks(highest) {
  const rough = Math.max(highest, 4) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough && n % 1 === 0);
  return Array.from({ length: Math.ceil(Math.max(highest, 1) / step) + 1 }, (_, i) => i * step);
}

export class Chart {
  /** Draws into an element; `explain(window, index)` fills the read-out of a window. */
  constructor(element, explain) {
    this.element = element;
    this.explain = explain;
    this.chosen = null;
    this.columns = [];
    new ResizeObserver(() => this.draw()).observe(element);
    element.addEventListener("pointermove", (event) => this.chooseAt(event.clientX));
    element.addEventListener("pointerleave", () => this.choose(null));
    element.addEventListener("blur", () => this.choose(null));
    element.addEventListener("keydown", (event) => this.moveByKey(event));
  }

  /** Show windows of counts: only the named categories, each with its class name. */
  show(windows, categories, formatStart) {
    Object.assign(this, { windows, categories, formatStart });
    this.draw();
  }

  draw() {
    const width = this.element.clientWidth;
    const height = this.element.clientHeight;
    if (!this.windows || !width) return;
    const svg = document.createElementNS(SVG, "svg");
    for (const [key, value] of Object.entries({ width, height, "aria-hidden": "true" })) svg.setAttribute(key, value);
    const sums = this.windows.map(({ counts }) => this.categories.reduce((sum, { name }) => sum + counts[name], 0));
    const ticks = chooseTicks(Math.max(...sums));
    const bottom = height - MARGIN.bottom;
    const scale = (bottom - MARGIN.top) / ticks.at(-1);
    for (const tick of ticks) {
      const y = Math.round(bottom - tick * scale) + 0.5;
      drawShape(svg, "line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y, y2: y });
      drawShape(svg, "text", { x: MARGIN.left - 8, y: y + 4, "text-anchor": "end" }, tick.toLocaleString());
    }
    const step = (width - MARGIN.left - MARGIN.right) / this.windows.length;
    this.columns = this.windows.map((_, index) => {
      const x = Math.round(MARGIN.left + index * step);
      return { x, width: Math.round(MARGIN.left + (index + 1) * step) - x };
    });
    this.windows.forEach((window, index) => this.drawColumn(svg, window, index, bottom, scale));
    this.drawTimes(svg, height, width);
    this.band = drawShape(svg, "rect", { class: "band", y: MARGIN.top, height: bottom - MARGIN.top, width: 0 });
    this.element.querySelector("svg")?.remove();
    this.element.prepend(svg);
    this.choose(this.chosen);
  }

  drawColumn(svg, { counts }, index, bottom, scale) {
    const { x, width } = this.columns[index];
    const gap = width > 6 ? 2 : width > 2 ? 1 : 0;
    const isLast = index === this.columns.length - 1;
    const group = drawShape(svg, "g", isLast ? { class: "unfinished" } : {});
    let sum = 0;
    for (const { name, className } of this.categories) {
      const lower = Math.round(bottom - sum * scale);
      sum += counts[name];
      const upper = Math.round(bottom - sum * scale);
      const seam = lower - upper > 4 ? 1 : 0;
      if (lower > upper) {
        drawShape(group, "rect", { class: className, x, y: upper, width: width - gap, height: lower - upper - seam });
      }
    }
  }

  drawTimes(svg, height, width) {
    const starts = this.windows.map(({ start }) => new Date(start));
    const bucketMs = starts.length > 1 ? starts[1] - starts[0] : MINUTE_MS;
    const most = Math.max(2, Math.floor((width - MARGIN.left) / 90));
    const least = (bucketMs * starts.length) / most;
    const stepMs = TIME_STEPS.map((minutes) => minutes * MINUTE_MS).find((ms) => ms >= least && ms >= bucketMs) ?? least;
    starts.forEach((start, index) => {
      const { x, width: columnWidth } = this.columns[index];
      const middle = x + columnWidth / 2;
      const isRound = (start - start.getTimezoneOffset() * MINUTE_MS) % stepMs < bucketMs;
      if (!isRound || middle < MARGIN.left + 20 || middle > width - 24) return;
      drawShape(svg, "text", { x: middle, y: height - 7, "text-anchor": "middle" }, this.formatStart(start));
    });
  }

  chooseAt(clientX) {
    const x = clientX - this.element.getBoundingClientRect().left;
    const index = this.columns.findIndex((column) => x >= column.x && x < column.x + column.width);
    this.choose(index < 0 ? null : index);
  }

  moveByKey(event) {
    const last = this.columns.length - 1;
    const current = this.chosen ?? last + 1;
    const next = { ArrowLeft: current - 1, ArrowRight: current + 1, Home: 0, End: last, Escape: null }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.choose(next === null ? null : Math.max(0, Math.min(last, next)));
  }

  choose(index) {
    const readout = this.element.querySelector("#readout");
    this.chosen = index !== null && index < this.columns.length ? index : null;
    readout.hidden = this.chosen === null;
    this.band?.setAttribute("width", 0);
    if (this.chosen === null) return;
    const { x, width } = this.columns[this.chosen];
    this.band.setAttribute("x", x);
    this.band.setAttribute("width", width);
    this.explain(readout, this.windows[this.chosen], this.chosen === this.columns.length - 1);
    const isRight = x > this.element.clientWidth / 2;
    readout.style.left = isRight ? "" : `${x + width + 8}px`;
    readout.style.right = isRight ? `${this.element.clientWidth - x + 8}px` : "";
  }
}
