"use strict";

/* Plans side by side: what a revision kept, moved, dropped and added. */

const ROW = 30;
const KINDS = {
  kept: "=",
  moved: "↕ moved",
  dropped: "− dropped",
  added: "+ added",
};

class Versions {
  constructor(model) {
    this.model = model;
    this.picker = byId("versions-choice");
    this.filter = "all";
    this.version = 0;
    this.rows = [];
    this.follows = true;
    this.window = new Window(byId("versions"), (first, last) => this.lines(first, last));
    this.picker.addEventListener("change", () => this.show(Number(this.picker.value)));
    const options = [
      ["all", "All steps"],
      ["changes", "Changes"],
    ];
    segments(byId("versions-filter"), options, "all", (value) => {
      this.filter = value;
      this.fill();
    });
  }

  update() {
    const compared = this.model.plans.filter((plan) => plan.before !== null);
    byId("tab-plans").textContent = this.model.plans.length > 1 ? `Plans (${this.model.plans.length})` : "Plans";
    this.picker.replaceChildren(
      ...compared.map((plan) =>
        el("option", { value: plan.version }, `plan ${plan.before} → ${plan.version}${plan.stand === "refused" ? " (refused)" : ""}`),
      ),
    );
    this.picker.hidden = compared.length < 2;
    byId("versions-filter").hidden = !compared.length;
    const last = compared[compared.length - 1]?.version ?? 0;
    this.show(this.follows || !this.version ? last : this.version);
    this.follows = this.version === last;
  }

  show(version) {
    this.version = version;
    this.follows = version === Number(this.picker.lastElementChild?.value ?? 0);
    this.picker.value = String(version);
    this.fill();
  }

  fill() {
    const { model, version } = this;
    const plan = model.plans[version - 1];
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
    title.textContent = `Plan ${plan.before} → plan ${version}`;
    const counts = new Map();
    for (const [, , kind, length] of plan.rows) counts.set(kind, (counts.get(kind) ?? 0) + length);
    const words = Object.keys(KINDS).filter((kind) => counts.has(kind)).map((kind) => `${counts.get(kind)} ${kind}`);
    if (plan.done) words.push(`${plan.done} done before`);
    figures.textContent = words.join(" · ");
    byId("versions-reason").textContent = plan.refusal ? `Refused: ${plan.refusal}` : plan.reason;
    byId("versions-head").replaceChildren(
      el("span", {}, `Plan ${plan.before}${plan.done ? `, from step ${plan.done + 1}` : ""}`),
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
      const none = this.version ? "Every step was kept." : "There is one plan, and it was not revised.";
      return [el("p", { class: "empty" }, none)];
    }
    const { model, version } = this;
    const after = model.plans[version - 1];
    const before = model.plans[after.before - 1];
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
