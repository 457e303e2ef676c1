"use strict";

/* The course of the run: a tick for each moment, and a slider over them. */

const EDGE = 7; // half the slider's thumb
const HEIGHTS = { start: 6, done: 11, diverged: 19, failed: 25 };

class Course {
  constructor(model, choose) {
    this.model = model;
    this.drawing = byId("course");
    this.slider = byId("scrubber");
    this.slider.addEventListener("input", () => choose(Number(this.slider.value)));
    new ResizeObserver(() => this.draw()).observe(this.drawing);
  }

  /** Where a moment lies. */
  x(moment, width) {
    return EDGE + (moment / Math.max(this.model.last, 1)) * (width - 2 * EDGE);
  }

  draw() {
    const { model } = this;
    const width = this.drawing.clientWidth;
    if (!width || !model.moments.length) return;
    const parts = [...this.bands(width)];
    // Where there is no room for a gap between them, ticks are drawn as one.
    const room = (width - 2 * EDGE) / (model.last + 1);
    const thick = room < 3 ? room + 0.5 : Math.min(room - 1, 8);
    const paths = { start: "", done: "", diverged: "", failed: "" };
    model.moments.forEach((_, moment) => {
      const stand = model.stand(moment);
      const kind = stand in paths ? stand : "diverged";
      paths[kind] += `M${this.x(moment, width).toFixed(1)} 44v-${HEIGHTS[kind]}`;
    });
    for (const [kind, d] of Object.entries(paths)) {
      parts.push(svg("path", { class: `tick ${kind}`, d, "stroke-width": kind === "done" ? thick : Math.max(thick, 2) }));
    }
    let cuts = "";
    for (const item of model.items) {
      if (item.kind === "run-resumed") cuts += `M${(this.x(item.moment, width) + thick).toFixed(1)} 16v30`;
    }
    if (cuts) parts.push(svg("path", { class: "cut", d: cuts }));
    this.drawing.replaceChildren(...parts);
  }

  /** The versions of the plan, each above the moments in which it was in force. */
  *bands(width) {
    const adopted = this.model.plans.filter((plan) => plan.begins !== null);
    for (const [index, plan] of adopted.entries()) {
      const until = adopted[index + 1]?.begins ?? this.model.last;
      const from = this.x(plan.begins, width);
      const wide = this.x(until, width) - from;
      if (wide <= 0) continue;
      const even = index % 2 ? "band even" : "band";
      yield svg("rect", { class: even, x: from, y: 0, width: wide, height: 15, rx: 3 });
      const label = wide > 46 ? `Plan ${plan.version}` : String(plan.version);
      if (wide > 7 * label.length + 4) yield svg("text", { x: from + 5, y: 11.5 }, label);
    }
  }

  show(moment) {
    const { model, slider } = this;
    slider.max = String(model.last);
    slider.value = String(moment);
    const { step } = model.moments[moment] ?? { step: null };
    const told = step === null ? "start" : `step ${model.steps[step].number}: ${model.say(model.steps[step])}`;
    slider.setAttribute("aria-valuetext", told);
  }
}
