"use strict";

/* The timeline: a line for each step, and for all else that happened. */

const LINE = 32;
const MARKS = {
  "run-started": "▸",
  "plan-adopted": "▤",
  "plan-edited": "▤",
  "plan-refused": "✕",
  "divergence-seen": "!",
  "step-not-taken": "○",
  "step-set-aside": "⊘",
  "steps-taken-back": "⊘",
  "replan-begun": "↻",
  "run-resumed": "⏻",
  "review-asked": "?",
  "plan-approved": "✓",
  "plan-rejected": "✕",
  "goal-changed": "◎",
  "stop-asked": "■",
  "message-refused": "✕",
  "run-ended": "■",
};

class Timeline {
  constructor(model, choose) {
    this.model = model;
    this.choose = choose;
    this.box = byId("timeline");
    this.filter = "all";
    this.shown = [];
    this.selected = -1;
    this.window = new Window(this.box, (first, last) => this.lines(first, last));
    const options = [
      ["all", "All"],
      ["trouble", "Trouble"],
    ];
    segments(byId("timeline-filter"), options, "all", (value) => {
      this.filter = value;
      this.update();
      this.select(this.selected);
    });
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("click", (event) => {
      const line = event.target.closest("[data-item]");
      if (line) this.choose(Number(line.dataset.item));
    });
  }

  update() {
    const { items } = this.model;
    this.shown = items.map((_, index) => index);
    if (this.filter === "trouble") this.shown = this.shown.filter((i) => this.isTrouble(items[i]));
    this.window.set(even(this.shown.length, LINE));
  }

  isTrouble(item) {
    if (item.step === null) return item.kind !== "run-started";
    const { stand, attempt } = this.model.steps[item.step];
    return stand !== "done" || attempt > 1;
  }

  select(item, reveal = true) {
    this.selected = item;
    const line = this.shown.indexOf(item);
    this.box.setAttribute("aria-activedescendant", line < 0 ? "" : `item-${item}`);
    if (reveal) this.window.reveal(line);
    this.window.refresh();
  }

  key(event) {
    const page = Math.max(Math.floor(this.box.clientHeight / LINE) - 1, 1);
    const by = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page }[event.key];
    if (!by || !this.shown.length) return;
    event.preventDefault();
    const at = below(this.shown, this.selected);
    const next = Math.min(Math.max(at + by, 0), this.shown.length - 1);
    this.choose(this.shown[next]);
  }

  lines(first, last) {
    if (!this.shown.length) {
      const none = this.filter === "all" ? "Nothing has happened yet." : "There was no trouble.";
      return [el("p", { class: "empty" }, none)];
    }
    return this.shown.slice(first, last).map((index, offset) => {
      const item = this.model.items[index];
      const line = item.step === null ? this.note(item) : this.step(item);
      line.id = `item-${index}`;
      line.dataset.item = String(index);
      line.style.top = `${(first + offset) * LINE}px`;
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", String(index === this.selected));
      line.setAttribute("aria-setsize", String(this.shown.length));
      line.setAttribute("aria-posinset", String(first + offset + 1));
      return line;
    });
  }

  step(item) {
    const { model } = this;
    const step = model.steps[item.step];
    const tone = { done: "good", diverged: "warning", failed: "bad", "in-flight": "news" }[step.stand] ?? "warning";
    const [mark, meaning] = STANDS[step.stand];
    const moment = step.moment === null ? null : model.moments[step.moment];
    const tags = [];
    if (step.attempt > 1) tags.push(el("span", {}, `attempt ${step.attempt}`));
    if (step.ending && step.ending !== "done") tags.push(el("span", { class: "tag bad" }, step.ending));
    if (moment && step.stand === "diverged") {
      const off = moment.missing.length + moment.unexpected.length + moment.changed.length;
      tags.push(el("span", { class: "tag warning" }, `${count(off, "fact")} off`));
    }
    if (!step.plan) tags.push(el("span", {}, "to stop safely"));
    if (step.ended !== null && step.ended - step.began >= 0.1) {
      tags.push(el("span", {}, duration(step.ended - step.began)));
    }
    return el(
      "div",
      { class: `line ${tone}`, title: `${model.said[step.said][0]}: ${meaning}` },
      this.time(item),
      el("span", { class: "mark", "aria-label": meaning, role: "img" }, mark),
      el("span", { class: "words" }, el("span", { class: "number" }, String(step.number)), model.say(step)),
      el("span", { class: "tags" }, tags),
    );
  }

  note(item) {
    const cut = item.kind === "run-resumed" ? " cut" : "";
    const words = item.result || item.detail;
    const tags = item.took !== null && item.took >= 0.001 ? [el("span", {}, duration(item.took))] : [];
    return el(
      "div",
      { class: `line note ${item.tone}${cut}`, title: [item.title, item.detail, item.result].filter(Boolean).join("\n") },
      this.time(item),
      el("span", { class: "mark", "aria-hidden": "true" }, MARKS[item.kind] ?? "·"),
      el("span", { class: "words" }, item.title, words ? el("small", {}, words) : ""),
      el("span", { class: "tags" }, tags),
    );
  }

  time(item) {
    return el("time", {}, stopwatch(item.at - this.model.began));
  }
}
