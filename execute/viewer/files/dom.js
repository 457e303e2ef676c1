"use strict";

/* Elements, made without markup: what is not ours is only ever put in as text. */

/** An element with attributes (functions become listeners) and children (texts or elements). */
function el(tag, attributes = {}, ...children) {
  const found = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") found.addEventListener(name, value);
    else found.setAttribute(name, value === true ? "" : String(value));
  }
  found.append(...children.flat().filter((child) => child !== null && child !== ""));
  return found;
}

/** An element of a drawing. */
function svg(tag, attributes = {}, text = null) {
  const found = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) found.setAttribute(name, String(value));
  if (text !== null) found.textContent = text;
  return found;
}

function byId(id) {
  return document.getElementById(id);
}

/** A number with its noun, in the plural where that is called for. */
function count(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** A length of time, given in seconds. */
function duration(seconds) {
  if (seconds < 0.9995) return `${Math.max(Math.round(seconds * 1000), 0)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 2) return `1 min ${Math.round(seconds - 60)} s`;
  if (minutes < 120) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h`;
  return `${Math.round(minutes / 1440)} days`;
}

/** How long after the start something was, as on a stopwatch. */
function stopwatch(seconds) {
  const whole = Math.max(seconds, 0);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = whole % 60;
  const two = (number) => String(number).padStart(2, "0");
  if (hours) return `${hours}:${two(minutes)}:${two(Math.floor(rest))}`;
  return `${minutes}:${two(Math.floor(rest))}.${Math.floor((rest % 1) * 10)}`;
}

/**
 * A row of buttons of which one is chosen; `options` are pairs of a value and its label. Each is
 * reached by Tab, and not by arrow keys, which go from moment to moment wherever one is.
 */
function segments(box, options, chosen, choose) {
  const buttons = options.map(([value, label]) =>
    el("button", { type: "button", click: () => pick(value), "data-value": value }, label),
  );
  function pick(value, told = true) {
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.value === value));
    }
    if (told) choose(value);
  }
  box.replaceChildren(...buttons);
  pick(chosen, false);
}

/**
 * A list of which only the lines in sight are in the document, so that its length does not matter.
 *
 * `tops` holds where each line begins, and last where the list ends. `draw(first, last)` gives the
 * elements of the lines from `first` up to, but not with, `last`.
 */
class Window {
  constructor(box, draw) {
    this.box = box;
    this.draw = draw;
    this.tops = [0];
    this.spacer = el("div", { class: "spacer", role: "presentation" });
    this.box.replaceChildren(this.spacer);
    this.asked = false;
    box.addEventListener("scroll", () => this.refresh(), { passive: true });
    new ResizeObserver(() => this.refresh()).observe(box);
  }

  /** The list has other lines now. */
  set(tops) {
    this.tops = tops;
    this.spacer.style.height = `${tops[tops.length - 1]}px`;
    this.refresh();
  }

  /** Draws what is in sight, at the next chance. */
  refresh() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      const [first, last] = this.range();
      this.spacer.replaceChildren(...this.draw(first, last));
    });
  }

  /** The lines in sight, and some around them. */
  range() {
    const top = this.box.scrollTop - 200;
    const bottom = this.box.scrollTop + this.box.clientHeight + 200;
    const first = Math.max(below(this.tops, top) - 1, 0);
    return [first, Math.min(below(this.tops, bottom), this.tops.length - 1)];
  }

  /** Scrolls as far as is needed to bring a line in sight. */
  reveal(line) {
    if (line < 0 || line >= this.tops.length - 1) return;
    const margin = 70;
    const top = this.tops[line];
    const bottom = this.tops[line + 1];
    const { scrollTop, clientHeight } = this.box;
    if (top < scrollTop + margin) this.box.scrollTop = top - margin;
    else if (bottom > scrollTop + clientHeight - margin) {
      this.box.scrollTop = bottom - clientHeight + margin;
    }
    this.refresh();
  }
}

/** How many of some ascending numbers are below a value. */
function below(numbers, value) {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The tops of lines of one height. */
function even(lines, height) {
  return Array.from({ length: lines + 1 }, (_, line) => line * height);
}
