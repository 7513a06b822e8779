// What the page knows right now, and the one place where changes are announced.

export const state = { as: null, bot: null, me: null, people: [], chats: [], now: new Date(), zone: null, caption: null, controls: [] };

const ANNOUNCE_MS = 60;
const bus = new EventTarget();

export const on = (name, listener) => bus.addEventListener(name, (event) => listener(event.detail));
export const emit = (name, detail) => bus.dispatchEvent(new CustomEvent(name, { detail }));

export const chatById = (id) => state.chats.find((chat) => chat.id === id);
export const visibleChats = () => state.chats.filter((chat) => chat.visible);
export const person = (key) => state.people.find((one) => one.key === key);
export const isAdmin = (chat) => chat.status === "administrator" || chat.status === "creator";
export const isMember = (chat) => chat.status === "member" || isAdmin(chat);

/** Takes the answer of GET /play/state. */
export function takeState(answer) {
  Object.assign(state, answer, { as: answer.me.key, now: new Date(answer.now) });
  emit("state");
}

/** Takes in chats that are new or have changed; the private chat stays last. */
export function takeChats(changed) {
  for (const chat of changed) {
    const index = state.chats.findIndex((one) => one.id === chat.id);
    if (index >= 0) state.chats[index] = chat;
    else state.chats.splice(state.chats.length - (chat.kind === "private" ? 0 : 1), 0, chat);
  }
  emit("chats");
}

/** Notes in the list of chats that something was said; many messages in a row are told once. */
export function takeMessage(message) {
  const chat = chatById(message.chat);
  if (!chat) return;
  chat.last = message;
  if (message.mine) chat.started = true;
  else chat.unread += 1;
  announceChatsSoon();
}

export function takeEdit(message) {
  const chat = chatById(message.chat);
  if (chat?.last?.id !== message.id) return;
  chat.last = message;
  announceChatsSoon();
}

let announcing = null;

export function announceChatsSoon() {
  announcing ??= setTimeout(() => {
    announcing = null;
    emit("chats");
  }, ANNOUNCE_MS);
}

/** A choice that outlives the page; a browser that forbids storage just forgets it. */
export const remembered = {
  get(key, otherwise = null) {
    try {
      return JSON.parse(localStorage.getItem(`chat-page:${key}`)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`chat-page:${key}`, JSON.stringify(value));
    } catch {
      // Private windows may refuse; the choice then lasts as long as the page.
    }
  },
};
