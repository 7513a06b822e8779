// One chat as a column: its head, who asks to come in, its messages, and the place to write or to enter.

import { avatar, button, h, iconButton, isolated, redraw } from "./dom.js";
import { Composer } from "./composer.js";
import { excerpt, membersLine } from "./format.js";
import { openLink } from "./links.js";
import { MessageList } from "./messagelist.js";
import { openMenu, perform, showAlert, showPhoto, toast } from "./overlay.js";
import { announceChatsSoon, emit, isAdmin, isMember } from "./state.js";
import { pick, t } from "./strings.js";

const REACTIONS = ["👍", "❤", "🔥", "👏", "🎉", "🤔"];
const TYPING_MS = 5000;
const LONG_PRESS_MS = 450;
const LONG_PRESS_SLIP_PX = 10;

export class ChatView {
  #readUpTo = null;
  #footKind = null;

  constructor(chat) {
    this.chat = chat;
    this.messages = new MessageList(chat, { onSeen: () => this.#read() });
    this.composer = new Composer(chat, { messages: this.messages, perform: (name, fields) => this.perform(name, fields) });
    this.head = h("header", { class: "head" });
    this.requests = h("ul", { class: "requests" });
    this.foot = h("footer", { class: "foot" });
    this.element = h("section", { class: "column", "data-chat": chat.id, "aria-label": chat.title },
      this.head, this.requests, this.messages.element, this.foot);
    this.#listen(this.messages.list);
    this.update(chat);
    this.refresh();
  }

  perform(name, fields = {}) {
    return perform(name, { chat: this.chat.id, ...fields }, this.element);
  }

  /** The chat itself changed: title, members, what one may do in it. */
  update(chat) {
    const hasComeIn = isMember(chat) && !isMember(this.chat);
    this.chat = this.messages.chat = chat;
    if (hasComeIn) this.refresh();
    this.#drawHead();
    this.#drawRequests();
    this.#drawFoot();
    this.composer.offer(chat.keys);
    this.#read();
  }

  async refresh() {
    try {
      await this.messages.refresh();
    } catch {
      toast(t("unreachable"), this.element);
    }
  }

  typing(name) {
    clearTimeout(this.typingEnds);
    this.#subtitle(t("typing", { name }));
    this.typingEnds = setTimeout(() => this.#subtitle(), TYPING_MS);
  }

  receive(message) {
    if (!message.mine) this.#subtitle();
    this.messages.receive(message);
    if (message.asks_me) this.composer.reply(message);
    if (message.mine) this.composer.answered(message.reply_to?.id);
  }

  close() {
    clearTimeout(this.typingEnds);
    this.messages.close();
    this.composer.close();
    this.element.remove();
  }

  #drawHead() {
    const { chat } = this;
    const menu = isMember(chat) && chat.kind !== "private";
    redraw(this.head,
      iconButton("back", t("back"), { class: "icon-button back", onclick: () => emit("back") }),
      avatar(chat.title, chat.color, chat.kind === "private"),
      h("div", { class: "names" }, h("h2", {}, isolated(chat.title)), h("p", { class: "subtitle" })),
      menu && iconButton("more", t("more"), { "aria-haspopup": "menu", onclick: (event) => this.#openChatMenu(event) }),
      iconButton("close", t("closeColumn"), { class: "icon-button close-column", onclick: () => emit("close", chat.id) }),
    );
    this.#subtitle();
  }

  #subtitle(text) {
    const kind = { private: t("bot"), channel: `${t("channel")} · ${membersLine(this.chat)}` }[this.chat.kind];
    this.head.querySelector(".subtitle").replaceChildren(isolated(text ?? kind ?? membersLine(this.chat)));
  }

  #openChatMenu(event) {
    const { bottom, right } = event.currentTarget.getBoundingClientRect();
    const canMigrate = this.chat.kind === "group" && this.chat.status === "creator";
    const entries = [
      canMigrate && { label: t("migrate"), icon: "up", run: () => this.perform("migrate") },
      { label: t("leave"), icon: "leave", danger: true, run: () => this.perform("leave") },
    ];
    openMenu({ x: right - 200, y: bottom + 4, entries: entries.filter(Boolean) });
  }

  #drawRequests() {
    const answer = (verb, look, user) =>
      button({ class: `${look} small`, onclick: () => this.perform(verb, { user: user.id }) }, t(verb));
    redraw(this.requests, (this.chat.requests ?? []).map((user) => h("li", { "data-key": user.id },
      avatar(user.name, user.color),
      isolated(t("wantsToJoin", { name: user.name })),
      answer("approve", "primary", user),
      answer("decline", "plain", user))));
  }

  #drawFoot() {
    const kind = this.#kindOfFoot();
    if (kind === this.#footKind) return;
    this.#footKind = kind;
    const isOffer = ["start", "join", "request"].includes(kind);
    if (kind === "write") this.foot.replaceChildren(this.composer.element);
    else if (isOffer) this.foot.replaceChildren(button({ class: "primary wide", onclick: () => this.perform(kind) }, t(kind)));
    else this.foot.replaceChildren(h("p", { class: "note" }, t(kind)));
    const mayLook = this.chat.kind === "private" || this.chat.username || isMember(this.chat);
    this.messages.empty.textContent = kind === "start" ? t("botIntro") : t(mayLook ? "noMessages" : "membersOnly");
  }

  #kindOfFoot() {
    const { kind, status, started, username, last, can_write: canWrite } = this.chat;
    // A bot may write first to who knocks at its group's door; then one simply answers.
    if (kind === "private") return canWrite && (started || last) ? "write" : "start";
    if (status === "requested" || status === "kicked") return status;
    if (status === "left") return username ? "join" : "request";
    return canWrite ? "write" : "readOnly";
  }

  #read() {
    const newest = this.chat.last?.id ?? null;
    const isSeen = this.messages.atBottom && !document.hidden && this.element.isConnected;
    if (!isSeen || this.chat.unread === 0 || newest === this.#readUpTo) return;
    this.#readUpTo = newest;
    this.chat.unread = 0;
    announceChatsSoon();
    this.perform("read");
  }

  #listen(list) {
    list.addEventListener("click", (event) => this.#clicked(event));
    list.addEventListener("contextmenu", (event) => this.#contextMenu(event));
    list.addEventListener("keydown", (event) => this.#keyed(event));
    list.addEventListener("pointerdown", (event) => event.pointerType === "touch" && this.#watchLongPress(event));
  }

  #keyed(event) {
    if (event.key !== "Enter" || !event.target.matches("li")) return;
    // Otherwise the same press would also choose the first entry of the menu it opens.
    event.preventDefault();
    this.#openMessageMenu(event.target.message, event.target.getBoundingClientRect());
  }

  #clicked(event) {
    const link = event.target.closest(".body a");
    const button = event.target.closest("[data-do]");
    const message = event.target.closest("li")?.message;
    event.target.closest("blockquote.expandable")?.classList.toggle("open");
    if (event.target.closest(".tg-spoiler")) event.target.closest(".tg-spoiler").classList.add("shown");
    if (link) this.#follow(event, link);
    else if (button) this.#does[button.dataset.do](message, button);
  }

  #follow(event, link) {
    event.preventDefault();
    if (link.dataset.kind === "bot_command") this.perform("send", { text: link.textContent });
    else if (link.href) openLink(link.href, this.element);
  }

  #does = {
    reply: (message) => this.composer.reply(message),
    menu: (message, button) => this.#openMessageMenu(message, button.getBoundingClientRect()),
    jump: async (_message, button) => (await this.messages.show(Number(button.dataset.to))) || toast(t("gone"), this.element),
    photo: (message) => showPhoto(message.photo, message.caption),
    react: (message, button) => this.#react(message, button.dataset.emoji),
    press: (message, button) => this.#press(message, button),
  };

  /** Sets a reaction, or takes it back when it is there. */
  #react(message, emoji) {
    const isMine = message.reactions?.some((reaction) => reaction.mine && reaction.emoji === emoji);
    this.perform("react", { message: message.id, emoji: isMine ? null : emoji });
  }

  async #press(message, button) {
    if (button.dataset.url) return openLink(button.dataset.url, this.element);
    if (button.getAttribute("aria-busy")) return null;
    button.setAttribute("aria-busy", "true");
    const answer = await this.perform("press", { message: message.id, index: Number(button.dataset.index) });
    button.removeAttribute("aria-busy");
    if (answer?.url) openLink(answer.url, this.element);
    if (!answer?.toast) return null;
    return answer.alert ? showAlert(answer.toast) : toast(answer.toast, this.element);
  }

  #contextMenu(event) {
    const item = event.target.closest("li");
    const wantsBrowserMenu = event.target.closest("a") || !getSelection().isCollapsed;
    if (!item || item.message.service || wantsBrowserMenu) return;
    event.preventDefault();
    this.#openMessageMenu(item.message, { left: event.clientX, bottom: event.clientY });
  }

  // iPhones send no contextmenu event.
  #watchLongPress(event) {
    const item = event.target.closest("li");
    if (!item || item.message.service) return;
    const list = event.currentTarget;
    const open = () => this.#openMessageMenu(item.message, { left: event.clientX, bottom: event.clientY });
    const timer = setTimeout(open, LONG_PRESS_MS);
    const end = (later) => {
      const slip = Math.hypot(later.clientX - event.clientX, later.clientY - event.clientY);
      if (later.type === "pointermove" && slip < LONG_PRESS_SLIP_PX) return;
      clearTimeout(timer);
      ["pointerup", "pointercancel", "pointermove"].forEach((type) => list.removeEventListener(type, end));
    };
    ["pointerup", "pointercancel", "pointermove"].forEach((type) => list.addEventListener(type, end));
  }

  #openMessageMenu(message, { left, bottom }) {
    if (message.service) return;
    const canDelete = message.mine || isAdmin(this.chat);
    const canTakePart = this.chat.kind === "private" ? this.chat.started : isMember(this.chat);
    const entries = [
      this.chat.can_write && { label: t("reply"), icon: "reply", run: () => this.composer.reply(message) },
      excerpt(message) && { label: t("copy"), icon: "copy", run: () => this.#copy(message) },
      message.can_edit && { label: t("edit"), icon: "edit", run: () => this.composer.edit(message) },
      canDelete && { label: t("remove"), icon: "delete", danger: true, run: () => this.perform("delete", { message: message.id }) },
    ];
    const onEmoji = (emoji) => this.#react(message, emoji);
    const emoji = canTakePart ? REACTIONS : [];
    openMenu({ x: left, y: bottom + 4, entries: entries.filter(Boolean), emoji, onEmoji });
  }

  async #copy(message) {
    await navigator.clipboard.writeText(message.text ?? message.caption ?? pick(message.service));
    toast(t("copied"), this.element);
  }
}
