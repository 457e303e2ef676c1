"use strict";

/* A plan that waits for a person: approve, reject, or edit it. */

class ReviewPanel {
  constructor(model, send) {
    this.model = model;
    this.send = send;
    this.box = byId("review");
    this.version = 0;
    this.sent = false;
    this.refused = 0; // messages, so far
  }

  /** Shows the plan that waits, if one does, and leaves what a person is writing alone. */
  update() {
    const inForce = this.model.plans[this.model.version(this.model.last) - 1];
    const waits = inForce?.review === "asked" && !this.model.run.over;
    const version = waits ? inForce.version : 0;
    this.box.hidden = !version;
    const refused = this.model.items.filter((item) => item.kind === "message-refused");
    if (version === this.version) {
      if (this.sent && refused.length > this.refused) {
        this.sent = false;
        this.say(refused[refused.length - 1].detail);
      }
      this.refused = refused.length;
      return;
    }
    this.refused = refused.length;
    this.version = version;
    this.sent = false;
    if (version) this.offer(inForce);
  }

  offer(plan) {
    const title = el("strong", {}, `Plan ${plan.version} waits for your approval`);
    const words = el("span", { class: "dim" }, `${count(plan.steps.length, "step")}${plan.reason ? ` · ${plan.reason}` : ""}`);
    const line = el("div", { class: "review-line" }, el("span", { class: "words" }, title, " ", words));
    if (!this.model.live) {
      this.box.replaceChildren(line, el("span", { class: "dim" }, `Answer with: goalsmith view ${this.model.run.id}`));
      return;
    }
    line.append(
      el("button", { type: "button", class: "primary", click: () => this.answer({ kind: "approve" }) }, "Approve"),
      el("button", { type: "button", click: () => this.edit(plan) }, "Edit…"),
      el("button", { type: "button", click: () => this.reject() }, "Reject…"),
    );
    this.form = el("div", { class: "form" });
    this.told = el("p", { class: "answer", role: "alert" });
    this.box.replaceChildren(line, this.form, this.told);
  }

  edit(plan) {
    const text = el("textarea", { spellcheck: "false", rows: 10 });
    text.value = plan.steps.map((step) => this.model.said[step][0]).join("\n");
    this.open(
      el("label", {}, "One (action object …) to a line: reorder, remove, add.", text),
      "Send the edited plan",
      () => ({ kind: "edit", plan: text.value }),
      text,
    );
  }

  reject() {
    const text = el("input", { type: "text", maxlength: 2000 });
    this.open(el("label", {}, "Why? The run ends with this reason.", text), "Reject and end the run", () => ({ kind: "reject", reason: text.value }), text);
  }

  open(field, label, message, focus) {
    const submit = el("button", { type: "button", class: "primary", click: () => this.answer(message()) }, label);
    const cancel = el("button", { type: "button", click: () => this.form.replaceChildren() }, "Cancel");
    this.form.replaceChildren(field, el("div", { class: "review-line" }, submit, cancel));
    this.say("");
    focus.focus();
  }

  async answer(message) {
    if (this.sent) return;
    this.sent = true;
    this.say("");
    const error = await this.send({ ...message, version: this.version });
    if (error) {
      this.sent = false;
      this.say(error);
      return;
    }
    this.form.replaceChildren();
    const resumed = "Sent. Nobody drives the run now; it takes this up when it is resumed.";
    this.say(this.model.run.driven ? "Sent." : resumed, "answer good");
  }

  say(words, kind = "answer") {
    this.told.className = kind;
    this.told.textContent = words;
  }
}
