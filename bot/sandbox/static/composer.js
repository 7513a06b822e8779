// Where one writes: text, a photo, a reply, an edit, and hints for commands.

import { button, h, icon, iconButton, isolated, redraw } from "./dom.js";
import { authorOf, excerpt } from "./format.js";
import { askFirst, toast } from "./overlay.js";
import { readPicture } from "./picture.js";
import { state } from "./state.js";
import { t } from "./strings.js";

const drafts = new Map();
const HINTS = 8;
const isTouch = () => matchMedia("(pointer: coarse)").matches;

export class Composer {
  #replying = null;
  #editing = null;
  #picture = null;

  constructor(chat, { messages, perform }) {
    Object.assign(this, { chat, messages, perform, draftKey: `${state.as}:${chat.id}` });
    this.input = h("textarea", { rows: "1", dir: "auto", maxlength: "4096", "aria-label": t("write", { name: state.me.name }),
      oninput: () => this.#typed(), onkeydown: (event) => this.#key(event), onpaste: (event) => this.#pasted(event) });
    this.file = h("input", { type: "file", accept: "image/*", hidden: true, onchange: () => this.#chosen(this.file.files[0]) });
    this.context = h("div", { class: "context", hidden: true });
    this.preview = h("div", { class: "preview", hidden: true });
    this.keys = h("div", { class: "reply-keys" });
    this.hints = h("div", { class: "hints", role: "listbox", "aria-label": t("commands"), hidden: true });
    this.sender = iconButton("send", t("send"), { type: "submit", class: "icon-button send" });
    const attach = iconButton("attach", t("attach"), { onclick: () => this.file.click() });
    this.element = h("form", { class: "composer", onsubmit: (event) => this.#submit(event) },
      this.hints, this.context, this.preview, h("div", { class: "line" }, this.file, attach, this.input, this.sender), this.keys);
    this.write(drafts.get(this.draftKey) ?? "");
    this.#drawPicture();
  }

  close() {
    if (!this.#editing) drafts.set(this.draftKey, this.input.value);
  }

  /** The keyboard that the bot has put under the field: a key says its label, or shows one's phone number. */
  offer(rows) {
    const key = ({ label, asks_contact: asks }) =>
      button({ class: "reply-key", dir: "auto", onclick: () => (asks ? this.#showContact() : this.perform("send", { text: label })) }, label);
    redraw(this.keys, rows.map((row, index) =>
      h("div", { class: "keys", "data-key": `${index}:${row.map(({ label }) => label)}` }, row.map(key))));
  }

  async #showContact() {
    if (await askFirst(t("shareContact", { name: state.bot.name }), t("share"))) this.perform("contact");
  }

  /** Puts a text in place, ready to be sent. */
  write(text) {
    this.input.value = text;
    this.#typed();
  }

  focus() {
    this.input.focus({ preventScroll: true });
  }

  reply(message) {
    this.#editing = null;
    this.#replying = message;
    this.#drawContext("reply", t("replyTo", { name: authorOf(message) }), message);
  }

  /** What one was about to answer has its answer, wherever that was given. */
  answered(id) {
    if (this.#replying?.id !== id) return;
    this.#replying = null;
    this.context.hidden = true;
  }

  edit(message) {
    this.#replying = null;
    this.#editing = message;
    this.write(message.text ?? message.caption ?? "");
    this.#drawContext("edit", t("editing"), message);
  }

  #drawContext(name, title, message) {
    this.context.replaceChildren(icon(name),
      h("div", {}, isolated(title, { class: "quote-name" }), h("span", { class: "quote-text", dir: "auto" }, excerpt(message))),
      iconButton("close", t("cancel"), { onclick: () => this.#cancel() }));
    this.context.hidden = false;
    this.focus();
  }

  #cancel() {
    if (this.#editing) this.write("");
    this.#replying = this.#editing = null;
    this.context.hidden = true;
    this.focus();
  }

  #drawPicture() {
    this.preview.hidden = !this.#picture;
    this.input.placeholder = this.#picture ? t("caption") : t("write", { name: state.me.name });
    if (!this.#picture) return this.preview.replaceChildren();
    const drop = iconButton("close", t("removePhoto"), { onclick: () => this.#setPicture(null) });
    return this.preview.replaceChildren(h("img", { src: this.#picture, alt: t("photo") }), drop);
  }

  #setPicture(picture) {
    this.#picture = picture;
    this.file.value = "";
    this.#drawPicture();
    this.#typed();
    this.focus();
  }

  async #chosen(file) {
    if (!file) return;
    try {
      this.#setPicture(await readPicture(file));
    } catch {
      toast(t("notAPhoto"), this.element.closest(".column"));
    }
  }

  #pasted(event) {
    const file = [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
    if (!file) return;
    event.preventDefault();
    this.#chosen(file);
  }

  #typed() {
    this.input.style.height = "auto";
    if (this.input.scrollHeight) this.input.style.height = `${this.input.scrollHeight}px`;
    this.sender.disabled = !this.input.value.trim() && !this.#picture;
    this.#drawHints();
  }

  #key(event) {
    // While an input method is composing (pinyin, zhuyin), Enter chooses a word and must not send.
    if (event.isComposing || event.keyCode === 229) return;
    const hint = this.hints.hidden ? null : this.hints.querySelector("[aria-selected=true]");
    if (hint && this.#keyInHints(event, hint)) return event.preventDefault();
    if (event.key === "Enter" && !event.shiftKey && !isTouch()) this.#submit(event);
    else if (event.key === "Escape" && !this.context.hidden) this.#cancel();
    else if (event.key === "ArrowUp" && !this.input.value) this.#editLast(event);
  }

  #editLast(event) {
    const message = this.messages.last((one) => one.mine && one.can_edit);
    if (!message) return;
    event.preventDefault();
    this.edit(message);
  }

  async #submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    const [replying, editing, picture] = [this.#replying, this.#editing, this.#picture];
    if (!text && !picture) return;
    this.#clear();
    const reply = replying && { reply_to: replying.id };
    let answer;
    if (editing) answer = await this.perform("edit", { message: editing.id, text });
    else if (picture) answer = await this.perform("photo", { caption: text, image: picture, ...reply });
    else answer = await this.perform("send", { text, ...reply });
    if (!answer && !this.input.value) this.#restore(text, replying, editing, picture);
  }

  #clear() {
    this.#replying = this.#editing = this.#picture = null;
    this.context.hidden = true;
    this.#setPicture(null);
    this.write("");
  }

  // What could not be sent is not lost.
  #restore(text, replying, editing, picture) {
    if (replying) this.reply(replying);
    if (editing) this.edit(editing);
    if (picture) this.#setPicture(picture);
    this.write(text);
  }

  #drawHints() {
    const typed = /^\/(\w*)$/.exec(this.input.value);
    const fitting = typed ? (state.bot.commands ?? []).filter(({ command }) => command.startsWith(typed[1])).slice(0, HINTS) : [];
    this.hints.hidden = fitting.length === 0;
    this.hints.replaceChildren(...fitting.map(({ command, description }, index) =>
      button({ role: "option", tabindex: "-1", "aria-selected": String(index === 0), "data-command": command,
        onclick: () => this.#take(command) }, h("b", {}, `/${command}`), h("span", { dir: "auto" }, description))));
  }

  #keyInHints(event, hint) {
    const step = { ArrowDown: hint.nextElementSibling, ArrowUp: hint.previousElementSibling }[event.key];
    const isWhole = this.input.value === `/${hint.dataset.command}`;
    const isTaken = event.key === "Tab" || (event.key === "Enter" && !isWhole);
    step?.setAttribute("aria-selected", "true");
    if (step) hint.setAttribute("aria-selected", "false");
    if (isTaken) this.#take(hint.dataset.command);
    if (event.key === "Escape") this.hints.hidden = true;
    return Boolean(step) || isTaken || event.key === "Escape";
  }

  #take(command) {
    this.write(`/${command} `);
    this.focus();
  }
}
