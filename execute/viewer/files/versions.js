"use strict";

/* Plans side by side: what a revision kept, moved, dropped and added, and what was left out. */

const ROW = 30;
const KINDS = {
  kept: "=",
  moved: "↕ moved",
  dropped: "− dropped",
  added: "+ added",
  skipped: "↷ skipped",
};

class Versions {
  constructor(model) {
    this.model = model;
    this.picker = byId("versions-choice");
    this.filter = "all";
    this.revisions = [];
    this.shown = -1; // the index of a revision
    this.rows = [];
    this.follows = true;
    this.window = new Window(byId("versions"), (first, last) => this.lines(first, last));
    this.picker.addEventListener("change", () => this.choose(Number(this.picker.value)));
    const options = [
      ["all", "All steps"],
      ["changes", "Changes"],
    ];
    segments(byId("versions-filter"), options, "all", (value) => {
      this.filter = value;
      this.fill();
    });
  }

  /** What was done to plans, in order: another took one's place, or steps of it were left out. */
  revised() {
    const { plans, skips } = this.model;
    const revisions = plans.filter((plan) => plan.before !== null).map((plan) => ({ ...plan, skips: false }));
    for (const skip of skips) revisions.push({ ...skip, before: skip.version, skips: true });
    return revisions.sort((one, other) => one.at - other.at);
  }

  update() {
    const { plans } = this.model;
    this.revisions = this.revised();
    byId("tab-plans").textContent = plans.length > 1 ? `Plans (${plans.length})` : "Plans";
    this.picker.replaceChildren(
      ...this.revisions.map((revision, index) => el("option", { value: index }, named(revision))),
    );
    this.picker.hidden = this.revisions.length < 2;
    byId("versions-filter").hidden = !this.revisions.length;
    const last = this.revisions.length - 1;
    this.choose(this.follows || this.shown < 0 ? last : this.shown);
  }

  /** Shows how a version of the plan came about. */
  show(version) {
    this.choose(this.revisions.findIndex((each) => each.version === version && !each.skips));
  }

  choose(index) {
    this.shown = index;
    this.follows = index === this.revisions.length - 1;
    this.picker.value = String(index);
    this.fill();
  }

  fill() {
    const plan = this.revisions[this.shown];
    const title = byId("versions-title");
    const figures = byId("versions-figures");
    if (!plan) {
      title.textContent = "Plans";
      figures.textContent = "";
      byId("versions-reason").textContent = "";
      byId("versions-head").replaceChildren();
      this.rows = [];
      this.window.set([0, ROW]);
      return;
    }
    const { version } = plan;
    title.textContent = plan.skips ? `Plan ${version}, without what is needless` : `Plan ${plan.before} → plan ${version}`;
    const counts = new Map();
    for (const [, , kind, length] of plan.rows) counts.set(kind, (counts.get(kind) ?? 0) + length);
    const words = Object.keys(KINDS).filter((kind) => counts.has(kind)).map((kind) => `${counts.get(kind)} ${kind}`);
    if (plan.done) words.push(`${plan.done} done before`);
    figures.textContent = words.join(" · ");
    byId("versions-reason").textContent = plan.refusal ? `Refused: ${plan.refusal}` : plan.reason;
    byId("versions-head").replaceChildren(
      el("span", {}, `Plan ${plan.before}${plan.done ? ", what was left" : ""}`),
      el("span", {}),
      el("span", {}, `Plan ${version}${plan.stand === "refused" ? " (refused)" : ""}`),
    );
    const shown = this.filter === "all" ? plan.rows : plan.rows.filter(([, , kind]) => kind !== "kept");
    this.rows = shown.flatMap(([old, fresh, kind, length]) =>
      Array.from({ length }, (_, by) => [old === null ? null : old + by, fresh === null ? null : fresh + by, kind]),
    );
    this.window.set(even(Math.max(this.rows.length, 1), ROW));
  }

  lines(first, last) {
    if (!this.rows.length) {
      const none = this.shown >= 0 ? "Every step was kept." : "There is one plan, and it was not revised.";
      return [el("p", { class: "empty" }, none)];
    }
    const { plans } = this.model;
    const revision = this.revisions[this.shown];
    const [before, after] = [plans[revision.before - 1], plans[revision.version - 1]];
    return this.rows.slice(first, last).map(([old, fresh, kind], offset) => {
      const row = el(
        "div",
        { class: `pair row ${kind}`, role: "listitem" },
        this.side("left", before, old),
        el("span", { class: "kind" }, KINDS[kind] ?? kind),
        this.side("right", after, fresh),
      );
      row.style.top = `${(first + offset) * ROW}px`;
      return row;
    });
  }

  side(where, plan, index) {
    if (index === null) return el("span", { class: `side ${where} none` });
    const [pddl, said] = this.model.said[plan.steps[index]];
    return el(
      "span",
      { class: `side ${where}`, title: pddl },
      el("span", { class: "place" }, String(index + 1)),
      el("span", {}, said),
    );
  }
}

function named(revision) {
  if (revision.skips) return `plan ${revision.version}, steps left out`;
  const refused = revision.stand === "refused" ? " (refused)" : "";
  return `plan ${revision.before} → ${revision.version}${refused}`;
}
