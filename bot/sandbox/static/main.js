// Puts the page together and leads what happens in the sandbox to where it is shown.

import { fetchState, listen } from "./api.js";
import { showChatList } from "./chatlist.js";
import { Columns } from "./columns.js";
import { authorOf, excerpt, isSameDay } from "./format.js";
import { toast } from "./overlay.js";
import { showPeople } from "./people.js";
import { chatById, emit, isMember, on, remembered, state, visibleChats } from "./state.js";
import { takeChats, takeEdit, takeMessage, takeState } from "./state.js";
import { locale } from "./strings.js";
import { applyTheme, showTopBar } from "./topbar.js";

// Whom a first visitor is: the one who has just come in.
const NEWCOMER = "xiaoman";
const live = document.getElementById("live");
const columns = new Columns(document.getElementById("columns"));
let stopListening = () => {};
let isNewcomer = true;
let onArrival = null;

const HAPPENINGS = {
  hello: () => refresh(),
  message: ({ message }) => {
    takeMessage(message);
    columns.view(message.chat)?.receive(message);
    announce(message);
  },
  edit: ({ message }) => {
    takeEdit(message);
    columns.view(message.chat)?.messages.replace(message);
  },
  delete: ({ chat, ids }) => {
    columns.view(chat)?.messages.remove(ids);
    if (ids.includes(chatById(chat)?.last?.id)) refresh();
  },
  typing: ({ chat, name }) => columns.view(chat)?.typing(name),
  toast: ({ text }) => toast(text),
  chats: ({ chats }) => takeChats(chats),
  caption: ({ caption }) => {
    state.caption = caption;
    emit("caption");
  },
  controls: ({ controls }) => {
    state.controls = controls;
    emit("controls");
  },
  clock: ({ now }) => {
    const isNewDay = !isSameDay(state.now, now);
    state.now = new Date(now);
    emit("clock");
    if (isNewDay) turnDay();
  },
};

/** Fetches everything anew: at the start, after a break, and when one becomes someone else. */
async function refresh() {
  const as = state.as;
  try {
    const answer = await fetchState(as);
    if (as !== state.as) return;
    takeState(answer);
    emit("connection", true);
    columns.all().forEach((view) => view.refresh());
    arrive();
  } catch {
    emit("connection", false);
  }
}

function arrive() {
  if (isNewcomer) columns.begin();
  else columns.sync();
  onArrival?.();
  isNewcomer = false;
  onArrival = null;
}

/** Looks at the sandbox through another person's eyes, and then, when all is there, does `then`. */
function become(key, then = null) {
  stopListening();
  columns.clear();
  isNewcomer = true;
  onArrival = then;
  state.as = key;
  remembered.set("as", key);
  history.replaceState(history.state, "", `?as=${encodeURIComponent(key)}`);
  stopListening = listen(key, (event) => HAPPENINGS[event.type]?.(event), () => emit("connection", false));
}

/** Today has become yesterday. */
function turnDay() {
  columns.all().forEach((view) => view.messages.nameDays());
  emit("chats");
}

/** Says a new message aloud to who listens to the page instead of looking at it. */
function announce(message) {
  if (message.mine || !columns.isOpen(message.chat)) return;
  live.textContent = message.service ? excerpt(message) : `${authorOf(message)}: ${excerpt(message)}`;
}

/** Becomes the person of a tip and lays the words ready: in the chat with the bot, or in the first group they may write in. */
function tryOut({ as, privately = false, text }) {
  const lay = () => {
    const target = visibleChats().find((chat) => (chat.kind === "private") === privately && isMember(chat) && chat.can_write);
    if (!target) return;
    columns.open(target.id);
    if (text) columns.view(target.id).composer.write(text);
  };
  if (as === state.as) lay();
  else become(as, lay);
}

function speak() {
  document.documentElement.lang = locale();
  if (state.me) become(state.as);
}

applyTheme();
speak();
showTopBar(document.getElementById("top"));
showPeople(document.getElementById("people"));
showChatList(document.getElementById("sidebar"), columns.isOpen);
on("switch", (key) => key !== state.as && become(key));
on("language", speak);
on("try", tryOut);
on("open", (id) => columns.open(id));
on("close", (id) => columns.close(id));
on("back", () => columns.back());
on("chats", () => columns.sync());
on("state", () => (document.title = state.bot.name));
document.addEventListener("visibilitychange", () => columns.sync());

const asked = new URLSearchParams(location.search).get("as") ?? remembered.get("as", NEWCOMER);
fetchState(asked)
  .catch(() => fetchState(NEWCOMER))
  .then(({ me }) => become(me.key))
  .catch(() => emit("connection", false));
