// The list of chats on the left, and the card with things to try.

import { avatar, button, h, icon, iconButton, isolated, redraw } from "./dom.js";
import { authorOf, excerpt, membersLine, shortTime } from "./format.js";
import { emit, isMember, on, person, remembered, state, visibleChats } from "./state.js";
import { t } from "./strings.js";

/** Draws the list into `host`; `isOpen(id)` tells which chats stand open beside it. */
export function showChatList(host, isOpen) {
  const list = h("nav", { class: "chats" });
  const tips = h("div", { class: "tips" });
  host.replaceChildren(list, tips);
  const drawList = () => {
    list.setAttribute("aria-label", t("chats"));
    const rows = visibleChats().map((chat) => row(chat, isOpen(chat.id)));
    redraw(list, rows.length > 0 ? rows : h("p", { class: "note" }, t("noChats")));
  };
  const drawTips = () => redraw(tips, tipsCard(drawTips));
  on("state", () => {
    drawList();
    drawTips();
  });
  on("chats", drawList);
  on("columns", drawList);
}

function row(chat, isOpen) {
  const { id, title, color, kind, last, unread } = chat;
  const open = () => emit("open", id);
  return button({ class: "chat", "data-key": id, "aria-current": isOpen ? "true" : null, onclick: open },
    avatar(title, color, kind === "private"),
    h("span", { class: "names" },
      h("span", { class: "chat-line" },
        isolated(title, { class: "name" }),
        last && h("time", { datetime: last.date }, shortTime(last.date))),
      h("span", { class: "chat-line" },
        h("span", { class: "about", dir: "auto" }, ...summary(chat)),
        unread > 0 && h("span", { class: "badge", title: t("unread", { n: unread }) }, String(unread)))));
}

function summary(chat) {
  const isInside = chat.kind === "private" || isMember(chat);
  if (!isInside) return [chat.username ? `${t("publicGroup")} · ${membersLine(chat)}` : membersLine(chat)];
  const { last } = chat;
  if (!last) return [chat.kind === "private" ? t("bot") : membersLine(chat)];
  const author = chat.kind !== "private" && !last.service && authorOf(last);
  if (last.mine && chat.kind !== "private") return [`${t("you")}: ${excerpt(last)}`];
  return author ? [isolated(author, { class: "who" }), ": ", excerpt(last)] : [excerpt(last)];
}

const TIPS = [
  { text: "trySuggest", as: "xiaoman", write: "trySuggestText" },
  { text: "tryVote", as: "ahe" },
  { text: "tryWish", as: "ahe", write: "tryWishText" },
  { text: "tryTeam", as: "yutong", write: "tryTeamText" },
  { text: "tryRedeem", as: "ahe", write: "tryRedeemText", privately: true },
  { text: "tryDigest" },
];

function tipsCard(redraw) {
  const put = (isAway) => {
    remembered.set("tips-away", isAway);
    redraw();
  };
  if (remembered.get("tips-away")) {
    return button({ class: "plain small", onclick: () => put(false) }, icon("bulb"), t("tryAgain"));
  }
  return h("section", { class: "card", "aria-label": t("tryTitle") },
    h("h2", {}, icon("bulb"), t("tryTitle")), iconButton("close", t("close"), { onclick: () => put(true) }),
    h("ol", {}, TIPS.map((tip) => h("li", {}, tipLine(tip)))));
}

/** A tip about a person is a button that makes one this person, with the words ready to be sent. */
function tipLine({ text, as, write, privately }) {
  if (!person(as)) return t(text);
  const tryIt = () => emit("try", { as, privately, text: write && t(write) });
  return button({ class: "link", onclick: tryIt }, t(text));
}
