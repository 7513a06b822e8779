// Which chats stand open: side by side on a desk, one at a time on a phone.

import { ChatView } from "./chatview.js";
import { h } from "./dom.js";
import { chatById, emit, isMember, remembered, state, visibleChats } from "./state.js";
import { t } from "./strings.js";

const LIST_PX = 300;
const COLUMN_PX = 340;
const DEFAULT_COLUMNS = 3;

export const phone = matchMedia("(max-width: 719px)");

export class Columns {
  #views = new Map();
  #chosen = null;
  #current = null;
  #awaited = null;
  #wasPrivate = false;

  constructor(host) {
    this.host = host;
    addEventListener("popstate", () => this.#goTo(history.state?.chat ?? null));
    addEventListener("resize", () => this.sync());
  }

  isOpen = (id) => this.#views.has(id);
  view = (id) => this.#views.get(id);
  all = () => [...this.#views.values()];

  /** Closes everything, because one becomes someone else. */
  clear() {
    this.#wasPrivate = chatById(this.#current)?.kind === "private";
    this.all().forEach((view) => view.close());
    this.#views.clear();
  }

  /** Opens what the person now chosen had open, or what is worth seeing first. */
  begin() {
    this.#chosen = remembered.get(`columns:${state.as}`);
    this.#current ??= history.state?.chat ?? null;
    if (this.#wasPrivate) this.#current = visibleChats().find((chat) => chat.kind === "private")?.id ?? null;
    this.sync();
  }

  /** Shows a chat; one that is still on its way is shown when it arrives. */
  open(id) {
    if (!chatById(id)?.visible) {
      this.#awaited = id;
      return;
    }
    this.#awaited = null;
    if (phone.matches && this.#current !== id) history.pushState({ chat: id }, "");
    if (!phone.matches && !this.isOpen(id)) this.#choose(this.#with(id));
    this.#goTo(id);
  }

  close(id) {
    this.#choose(this.#wanted().filter((open) => open !== id));
    this.sync();
  }

  back() {
    if (history.state?.chat) history.back();
    else this.#goTo(null);
  }

  /** Brings what is on the page in line with what should be open. */
  sync() {
    if (this.#awaited && chatById(this.#awaited)?.visible) this.open(this.#awaited);
    const wanted = this.#wanted();
    for (const [id, view] of this.#views) {
      if (wanted.includes(id)) continue;
      view.close();
      this.#views.delete(id);
    }
    wanted.forEach((id, index) => this.#place(id, index));
    this.host.querySelector(":scope > .note")?.remove();
    if (wanted.length === 0 && !phone.matches) this.host.append(h("p", { class: "note" }, t("pickChat")));
    document.body.dataset.pane = phone.matches && wanted.length > 0 ? "chat" : "list";
    emit("columns");
  }

  #goTo(id) {
    this.#current = id;
    this.sync();
    const view = this.view(id);
    view?.messages.toBottom();
    if (!phone.matches) view?.composer.focus();
  }

  #choose(ids) {
    this.#chosen = ids;
    remembered.set(`columns:${state.as}`, ids);
  }

  // The new column takes a free place, otherwise the place of the last one.
  #with(id) {
    return [...this.#wanted().slice(0, this.#capacity() - 1), id];
  }

  #capacity() {
    return Math.max(1, Math.floor((innerWidth - LIST_PX) / COLUMN_PX));
  }

  #wanted() {
    if (phone.matches) return chatById(this.#current)?.visible ? [this.#current] : [];
    const isThere = (id) => chatById(id)?.visible;
    if (this.#chosen) return this.#chosen.filter(isThere).slice(0, this.#capacity());
    // Without a choice, what is open stays open, and what comes into sight fills the free places.
    const count = Math.min(DEFAULT_COLUMNS, this.#capacity());
    const open = [...this.#views.keys()].filter(isThere);
    return [...new Set([...open, ...defaults(count)])].slice(0, count);
  }

  #place(id, index) {
    if (this.#views.has(id)) this.#views.get(id).update(chatById(id));
    else this.#views.set(id, new ChatView(chatById(id)));
    const { element } = this.#views.get(id);
    // Moving an element resets its scrolling, so what stands right stays.
    if (this.host.children[index] !== element) this.host.insertBefore(element, this.host.children[index] ?? null);
  }
}

/** One's groups, then the chat with the bot, which has a place for certain once it has begun. */
function defaults(count) {
  const chats = visibleChats();
  const groups = chats.filter((chat) => chat.kind !== "private");
  const privates = chats.filter((chat) => chat.kind === "private");
  const own = [...groups.filter(isMember), ...groups.filter((chat) => !isMember(chat))];
  const reserved = privates.filter((chat) => chat.last).length;
  const places = Math.max(1, count - reserved);
  return [...own.slice(0, places), ...privates].slice(0, count).map((chat) => chat.id);
}
