"use strict";

/* The plan as a graph of stages, from top to bottom: steps of a stage may be taken together. */

const CHIP = { height: 40, gap: 8, narrow: 132, wide: 400 };
const BETWEEN = 20; // stages
const LEFT = 42;
const FAR = 8; // stages; what is farther apart is only joined where it is asked for

class Graph {
  constructor(model, choose, fetchGraph) {
    this.model = model;
    this.choose = choose;
    this.fetchGraph = fetchGraph;
    this.box = byId("graph");
    this.picker = byId("plan-version");
    this.pinned = null; // a version that a person chose
    this.version = 0;
    this.moment = 0;
    this.place = -1;
    this.stands = [];
    this.layout = null;
    this.window = new Window(this.box, (first, last) => this.draw(first, last));
    this.picker.addEventListener("change", () => {
      this.pinned = this.picker.value === "" ? null : Number(this.picker.value);
      this.show(this.moment);
    });
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("click", (event) => {
      const chip = event.target.closest("[data-place]");
      if (chip) this.pick(Number(chip.dataset.place));
    });
    new ResizeObserver(() => this.arrange()).observe(this.box);
  }

  /** The versions that can be chosen. */
  update() {
    const { plans } = this.model;
    const chosen = this.pinned === null ? "" : String(this.pinned);
    this.picker.replaceChildren(
      el("option", { value: "" }, "as the run goes"),
      ...plans.map((plan) => el("option", { value: plan.version }, `plan ${plan.version}`)),
    );
    this.picker.value = chosen;
    this.picker.hidden = plans.length < 2;
  }

  show(moment, reveal = true) {
    const { model } = this;
    this.moment = moment;
    const taken = model.steps[model.moments[moment]?.step ?? -1];
    const version = this.pinned ?? this.followed(taken);
    this.place = taken && taken.plan === version ? taken.place : -1;
    byId("plan-title").textContent = version ? `Plan ${version}` : "Plan";
    if (!version) return;
    const fresh = version !== this.version;
    this.version = version;
    this.stands = model.stands(version, moment);
    const done = this.stands.filter((stand) => stand === "done").length;
    const all = this.stands.length;
    byId("plan-figures").textContent = `${done} of ${all} done`;
    byId("plan-progress").firstElementChild.style.width = `${all ? (100 * done) / all : 0}%`;
    if (fresh) {
      this.layout = null;
      this.box.scrollTop = 0;
      this.arrange();
    }
    this.reveal(fresh || reveal);
  }

  /** The version that goes with a moment: that of the step before it, or what has come of it. */
  followed(taken) {
    const { model, moment } = this;
    if (taken?.plan && (moment < model.last || model.run.over)) return taken.plan;
    return model.version(moment) || Math.min(model.plans.length, 1);
  }

  /** Places the steps, once it is known which stages they are in. */
  async arrange() {
    const { version } = this;
    if (!version || !this.box.clientWidth) return;
    const graph = await this.graph(version);
    if (version !== this.version) return;
    const width = this.box.clientWidth - LEFT - 16;
    const fits = Math.max(Math.floor((width + CHIP.gap) / (CHIP.narrow + CHIP.gap)), 1);
    const spots = [];
    const stageOf = [];
    const tops = [];
    let y = 4;
    const stages = untangled(graph, fits);
    stages.forEach((stage, number) => {
      tops.push(y);
      const across = Math.min(stage.length, fits);
      const wide = Math.min((width - (across - 1) * CHIP.gap) / across, CHIP.wide);
      stage.forEach((step, index) => {
        const column = index % across;
        const row = Math.floor(index / across);
        stageOf[step] = number;
        spots[step] = { x: LEFT + column * (wide + CHIP.gap), y: y + row * (CHIP.height + CHIP.gap), wide };
      });
      y += Math.ceil(stage.length / across) * (CHIP.height + CHIP.gap) - CHIP.gap + BETWEEN;
    });
    tops.push(y);
    this.layout = { ...graph, stages, spots, stageOf, order: stages.flat() };
    this.window.set(tops);
    this.reveal();
  }

  async graph(version) {
    const { graphs } = this.model;
    if (!graphs.has(version)) graphs.set(version, this.fetchGraph(version));
    return graphs.get(version);
  }

  /** Draws the graph anew, and scrolls as far as is needed to bring the step chosen in sight. */
  reveal(scrolls = true) {
    if (!this.layout) return;
    let shown = this.place;
    if (shown < 0) shown = Math.max(this.stands.lastIndexOf("done"), this.stands.indexOf("in-flight"), 0);
    this.box.setAttribute("aria-activedescendant", this.place < 0 ? "" : `chip-${this.place}`);
    if (scrolls) this.window.reveal(this.layout.stageOf[shown] ?? 0);
    this.window.refresh();
    this.foot();
  }

  draw(first, last) {
    const { layout, model } = this;
    if (!layout || layout.spots.length !== this.stands.length) return [];
    if (!layout.spots.length) return [el("p", { class: "empty" }, "The plan has no steps: nothing is to be done.")];
    const parts = [this.edges(first, last)];
    const { steps } = model.plans[this.version - 1];
    for (let stage = first; stage < last; stage += 1) {
      const inIt = layout.stages[stage];
      const label = el("span", { class: "stage", "aria-hidden": "true" }, String(stage + 1));
      label.style.top = `${layout.spots[inIt[0]].y + 11}px`;
      parts.push(label);
      for (const step of inIt) parts.push(this.chip(step, model.said[steps[step]], stage));
    }
    return parts;
  }

  chip(step, [pddl, said], stage) {
    const { x, y, wide } = this.layout.spots[step];
    const stand = this.stands[step];
    const [mark, meaning] = STANDS[stand];
    const chip = el(
      "div",
      {
        class: `chip ${stand}`,
        id: `chip-${step}`,
        role: "option",
        title: `${pddl}: ${meaning}`,
        "aria-label": `stage ${stage + 1}, step ${step + 1}: ${said}, ${meaning}`,
        "aria-selected": String(step === this.place),
        "data-place": step,
      },
      mark ? el("b", {}, mark) : "",
      el("span", {}, said),
    );
    Object.assign(chip.style, { left: `${x}px`, top: `${y}px`, width: `${wide}px`, height: `${CHIP.height}px` });
    return chip;
  }

  /** What must come before what, as far as it is in sight. */
  edges(first, last) {
    const { edges, spots, stageOf } = this.layout;
    const drawing = svg("svg", { "aria-hidden": "true", width: 1, height: 1 });
    let plain = "";
    let lit = "";
    for (const [before, after] of edges) {
      if (stageOf[before] >= last || stageOf[after] < first) continue;
      const touches = before === this.place || after === this.place;
      if (!touches && stageOf[after] - stageOf[before] > FAR) continue;
      const [from, to] = [spots[before], spots[after]];
      const [x1, y1] = [from.x + from.wide / 2, from.y + CHIP.height];
      const [x2, y2] = [to.x + to.wide / 2, to.y];
      const bend = Math.min((y2 - y1) / 2, 40);
      const path = `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
      if (touches) lit += path;
      else plain += path;
    }
    if (plain) drawing.append(svg("path", { d: plain }));
    if (lit) drawing.append(svg("path", { class: "lit", d: lit }));
    return drawing;
  }

  foot() {
    const { layout, place: step } = this;
    const foot = byId("plan-foot");
    if (step < 0 || !layout) {
      foot.textContent = layout?.total ? `Left in its order: ${layout.total}.` : "";
      return;
    }
    const numbers = (found) => found.map((each) => each + 1).join(", ");
    const needs = layout.edges.filter(([, after]) => after === step).map(([before]) => before);
    const serves = layout.edges.filter(([before]) => before === step).map(([, after]) => after);
    const words = [`Step ${step + 1} of the plan`];
    words.push(needs.length ? `comes after ${numbers(needs)}` : "waits for no other");
    if (serves.length) words.push(`before ${numbers(serves)}`);
    foot.textContent = words.join(", ");
  }

  /** Chooses a step of the plan, and the moment after it if there was one. */
  pick(step) {
    this.place = step;
    const { version, model } = this;
    const taken = model.steps.findLast((each) => each.plan === version && each.place === step && each.moment !== null);
    if (taken) this.choose(taken.moment);
    this.place = step;
    this.reveal();
  }

  key(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || !this.layout) return;
    event.preventDefault();
    const { order } = this.layout;
    const at = order.indexOf(this.place);
    this.pick(order[Math.min(Math.max(at + by, 0), order.length - 1)]);
  }
}

/** The stages, with the steps of each in the order of what they come after, so that few lines cross. */
function untangled({ stages, edges }, fits) {
  const needs = new Map();
  for (const [before, after] of edges) {
    if (!needs.has(after)) needs.set(after, []);
    needs.get(after).push(before);
  }
  const columns = new Map();
  return stages.map((stage) => {
    const aims = new Map();
    for (const step of stage) {
      const above = needs.get(step) ?? [];
      const sum = above.reduce((total, each) => total + columns.get(each), 0);
      aims.set(step, above.length ? sum / above.length : 0.5);
    }
    const sorted = [...stage].sort((one, other) => aims.get(one) - aims.get(other) || one - other);
    const across = Math.min(stage.length, fits);
    sorted.forEach((step, index) => columns.set(step, ((index % across) + 0.5) / across));
    return sorted;
  });
}
