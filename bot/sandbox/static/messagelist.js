// The messages of one chat: loads them page by page, keeps them in order, and keeps the reader's place.

import { fetchMessages } from "./api.js";
import { h, iconButton } from "./dom.js";
import { renderMessage, settle } from "./message.js";
import { t } from "./strings.js";

const NEAR_PX = 80;
const OLDER_AT_PX = 600;
const KEPT = 240;
const TRIMMED_AT = 360;

const time = (message) => Date.parse(message.date);
const isWhisper = (message) => message.id < 0;

/** The order of a chat: by number, but what only one person sees is numbered apart and stands where its time puts it. */
function isAfter(one, other) {
  if (!isWhisper(one) && !isWhisper(other)) return one.id > other.id;
  return time(one) > time(other);
}

const controls = (item) => item.querySelectorAll("a, button");

export class MessageList {
  #items = new Map();
  #hasOlder = false;
  #loading = null;
  #unseen = 0;
  #height = 0;
  #happenedSince = new Set();
  #held = null;
  atBottom = true;

  constructor(chat, { onSeen }) {
    this.chat = chat;
    this.onSeen = onSeen;
    this.list = h("ol", { class: "messages" });
    this.empty = h("p", { class: "chip empty", hidden: true }, t("noMessages"));
    const label = t("messagesOf", { name: chat.title });
    const walk = (event) => this.#walk(event);
    this.scroller = h("div", { class: "scroller", tabindex: "0", role: "group", "aria-label": label, onkeydown: walk },
      this.empty, this.list);
    this.badge = h("span", { class: "badge" });
    this.jump = iconButton("down", t("toBottom"), { class: "jump", hidden: true, onclick: () => this.toBottom() });
    this.jump.append(this.badge);
    this.element = h("div", { class: "conversation" }, this.scroller, this.jump);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.list.addEventListener("pointerdown", (event) => this.#hold(event.target.closest("li")));
    this.list.addEventListener("focusin", (event) => this.#offer(event.target.closest("li"), 0));
    this.list.addEventListener("focusout", (event) => this.#offer(event.target.closest("li"), -1));
    // Whatever grows or shrinks (a message, an edit, the composer), who reads the newest goes on reading the newest.
    this.observer = new ResizeObserver(() => (this.atBottom ? this.toBottom() : this.#measure()));
    this.observer.observe(this.list);
    this.observer.observe(this.scroller);
  }

  get(id) {
    return this.#items.get(id)?.message;
  }

  last(isWanted) {
    return [...this.list.children].map((item) => item.message).findLast(isWanted);
  }

  /** Brings the newest page in, also after a break: what was deleted meanwhile goes, what changed is drawn anew. */
  async refresh() {
    const happened = new Set();
    this.#happenedSince.add(happened);
    const { messages, more } = await fetchMessages(this.chat.id).finally(() => this.#happenedSince.delete(happened));
    const oldest = messages.find((message) => !isWhisper(message));
    const isGap = !this.#items.has(oldest?.id);
    const present = new Set(messages.map((message) => message.id));
    const isGone = (message) => !present.has(message.id) && !happened.has(message.id) && (isGap || !isAfter(oldest, message));
    this.remove([...this.#items.values()].map((item) => item.message).filter(isGone).map((message) => message.id));
    // What happened while the page was on its way is newer than the page.
    messages.filter((message) => !happened.has(message.id)).forEach((message) => this.put(message));
    if (this.#firstId() === oldest?.id) this.#hasOlder = more;
    this.empty.hidden = this.#items.size > 0;
  }

  /** A message that has just been said. */
  receive(message) {
    this.#note(message.id);
    this.put(message);
    if (message.mine) this.toBottom();
    else if (!this.atBottom) this.#unseen += 1;
    this.#trim();
    this.#showJump();
  }

  /** Draws a message at its place, instead of its earlier form if there is one. */
  put(message) {
    const item = renderMessage(message, this.chat);
    const earlier = this.#items.get(message.id);
    controls(item).forEach((control) => (control.tabIndex = -1));
    if (earlier) this.#swap(earlier, item);
    else this.#insert(item);
    this.#items.set(message.id, item);
    this.empty.hidden = true;
    this.#settle(item);
    this.#settle(item.nextElementSibling);
  }

  /** Draws anew only what is here; an edit of what was never loaded is none of our business. */
  replace(message) {
    if (!this.#items.has(message.id)) return;
    this.#note(message.id);
    if (this.#held?.id === message.id) this.#held.later = message;
    else this.put(message);
  }

  remove(ids) {
    for (const id of ids) {
      this.#note(id);
      const item = this.#items.get(id);
      const next = item?.nextElementSibling;
      item?.remove();
      this.#items.delete(id);
      this.#settle(next);
    }
    this.empty.hidden = this.#items.size > 0;
  }

  /** Scrolls to a message, loading older pages on the way; false when it is gone. */
  async show(id) {
    while (!this.#items.has(id) && this.#firstId() > id && (await this.#loadOlder()));
    const item = this.#items.get(id);
    if (!item) return false;
    this.atBottom = false;
    item.scrollIntoView({ block: "center" });
    item.classList.remove("found");
    requestAnimationFrame(() => item.classList.add("found"));
    item.focus({ preventScroll: true });
    return true;
  }

  nameDays() {
    [...this.list.children].forEach((item) => this.#settle(item));
  }

  toBottom() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#measure();
    this.#scrolled();
  }

  close() {
    this.observer.disconnect();
  }

  // A card may be edited between press and release; drawn anew only then, its button does not vanish under the finger.
  #hold(item) {
    if (!item) return;
    const held = { id: item.message.id, later: null };
    const ended = new AbortController();
    const release = () => {
      ended.abort();
      setTimeout(() => this.#letGo(held));
    };
    this.#held = held;
    ["pointerup", "pointercancel"].forEach((type) => addEventListener(type, release, { signal: ended.signal }));
  }

  #letGo(held) {
    if (this.#held === held) this.#held = null;
    if (held.later && this.#items.has(held.id)) this.put(held.later);
  }

  #note(id) {
    this.#happenedSince.forEach((happened) => happened.add(id));
  }

  #firstId() {
    const first = [...this.list.children].find((item) => !isWhisper(item.message));
    return first?.message.id ?? -Infinity;
  }

  #settle(item) {
    if (item) settle(item, item.previousElementSibling);
  }

  #insert(item) {
    const first = this.list.firstElementChild;
    let above = this.list.lastElementChild;
    if (first && isAfter(first.message, item.message)) above = null;
    while (above && isAfter(above.message, item.message)) above = above.previousElementSibling;
    if (above) above.after(item);
    else this.list.prepend(item);
  }

  // A card is edited under the finger that pressed its button: the finger stays on that button.
  #swap(earlier, item) {
    const focused = [...controls(earlier)].indexOf(document.activeElement);
    const wasFocused = earlier === document.activeElement;
    earlier.replaceWith(item);
    if (focused >= 0) (controls(item)[focused] ?? item).focus({ preventScroll: true });
    else if (wasFocused) item.focus({ preventScroll: true });
  }

  #measure() {
    this.#height = this.scroller.scrollHeight;
  }

  #scrolled() {
    const { scrollTop, clientHeight } = this.scroller;
    // The height as last measured: what has come in since is not the reader's scrolling away.
    this.atBottom = this.#height - scrollTop - clientHeight < NEAR_PX;
    if (this.atBottom) {
      this.#unseen = 0;
      this.onSeen();
    }
    this.#showJump();
    if (scrollTop < OLDER_AT_PX) this.#loadOlder();
  }

  #showJump() {
    this.jump.hidden = this.atBottom;
    this.badge.hidden = this.#unseen === 0;
    this.badge.textContent = String(this.#unseen);
  }

  /** True when older messages came. */
  #loadOlder() {
    this.#loading ??= this.#fetchOlder()
      .catch(() => false)
      .finally(() => (this.#loading = null));
    return this.#loading;
  }

  async #fetchOlder() {
    if (!this.#hasOlder) return false;
    const { messages, more } = await fetchMessages(this.chat.id, this.#firstId());
    const fromBottom = this.scroller.scrollHeight - this.scroller.scrollTop;
    messages.toReversed().forEach((message) => this.put(message));
    this.#measure();
    this.scroller.scrollTop = this.#height - fromBottom;
    this.#hasOlder = more && messages.length > 0;
    return messages.length > 0;
  }

  // Thousands of messages may pass by; who reads the newest needs only the latest of them in the page.
  #trim() {
    if (!this.atBottom || this.#items.size < TRIMMED_AT) return;
    const ids = [...this.list.children].slice(0, this.#items.size - KEPT).map((item) => item.message.id);
    ids.forEach((id) => {
      this.#items.get(id).remove();
      this.#items.delete(id);
    });
    this.#settle(this.list.firstElementChild);
    this.#hasOlder = true;
  }

  // One stop of the Tab key for the whole list: arrows go from message to message, Tab goes into the one reached.
  #offer(item, tabIndex) {
    if (item) controls(item).forEach((control) => (control.tabIndex = tabIndex));
  }

  #walk(event) {
    const item = event.target.closest("li");
    const above = item ? item.previousElementSibling : this.list.lastElementChild;
    const next = { ArrowUp: above, ArrowDown: item?.nextElementSibling }[event.key];
    if (!next || event.target.closest("button, a")) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }
}
