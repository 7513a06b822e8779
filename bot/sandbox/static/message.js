// How one message looks. Pure: takes a message as the server shows it, gives an element; clicks are handled by the chat.

import { avatar, button, h, icon, iconButton, isolated } from "./dom.js";
import { authorOf, dayName, fullTime, isSameDay, timeOf } from "./format.js";
import { person } from "./state.js";
import { pick, t } from "./strings.js";

const SAME_BREATH_MS = 5 * 60_000;
const PHOTO_BOX = { width: 300, height: 340 };

/** A list item with everything of the message; `data-do` names what a click means. */
export function renderMessage(message, chat) {
  const item = h("li", { class: classes(message), "data-id": message.id, tabindex: "-1" });
  item.message = message;
  item.append(message.service ? serviceLine(message) : row(message, chat));
  return item;
}

function classes(message) {
  const marks = { service: message.service, mine: message.mine, whisper: message.only_for_me };
  return ["message", ...Object.keys(marks).filter((mark) => marks[mark])].join(" ");
}

const serviceLine = (message) => h("p", { class: "chip", title: fullTime(message.date) }, isolated(pick(message.service)));

function row(message, chat) {
  const author = message.sender_chat ?? message.from;
  const name = authorOf(message);
  const showsAuthor = !message.mine && chat.kind !== "private" && author;
  return h("div", { class: "row" },
    showsAuthor && avatar(name, author.color, author.bot),
    h("div", { class: "stack" },
      h("div", { class: message.photo && !message.html ? "bubble bare" : "bubble" },
        message.only_for_me && h("p", { class: "whisper-note" }, icon("eye"), t("onlyForYou")),
        showsAuthor && isolated(name, { class: "author", "data-color": author.color }),
        quote(message.reply_to),
        photo(message),
        message.document && h("p", { class: "document" }, "📄 ", isolated(message.document)),
        contact(message.contact),
        h("div", { class: "text" }, body(message), meta(message)),
        reactions(message),
      ),
      keyboard(message),
      tools(chat),
    ),
  );
}

const tools = (chat) =>
  h("div", { class: "tools" },
    chat.can_write && iconButton("reply", t("reply"), { "data-do": "reply" }),
    iconButton("more", t("actions"), { "data-do": "menu", "aria-haspopup": "menu" }));

function quote(reply) {
  if (!reply) return null;
  return button({ class: "quote", "data-do": "jump", "data-to": reply.id },
    isolated(reply.name, { class: "quote-name" }),
    h("span", { class: "quote-text", dir: "auto" }, reply.excerpt || t("photo")));
}

function photo(message) {
  if (!message.photo) return null;
  const width = message.width || PHOTO_BOX.width;
  const height = message.height || PHOTO_BOX.height;
  const scale = Math.min(PHOTO_BOX.width / width, PHOTO_BOX.height / height, 1);
  // Sizes are given before the file is there, so that nothing jumps when it comes.
  const sizes = { width: Math.round(width * scale), height: Math.round(height * scale) };
  return button({ class: "photo", "data-do": "photo", "aria-label": t("photo") },
    h("img", { src: message.photo, alt: message.caption ?? t("photo"), draggable: "false", decoding: "async", ...sizes }));
}

function contact(shown) {
  if (!shown) return null;
  return h("p", { class: "contact" }, avatar(shown.name, shown.color),
    h("span", {}, isolated(shown.name, { class: "quote-name" }), h("span", { dir: "ltr" }, shown.phone)));
}

/** The text. The server made `html` safe; the page's policy forbids scripts and handlers in any case. */
function body(message) {
  const node = h("span", { class: "body", dir: "auto", lang: writtenIn(message) });
  node.innerHTML = message.html ?? "";
  node.querySelectorAll("blockquote, pre").forEach(dropLineBreakAfter);
  node.querySelectorAll("a").forEach(prepareLink);
  return node;
}

// Han characters are drawn as the writer's own script draws them.
function writtenIn(message) {
  const language = person(message.from?.key)?.language;
  return { "zh-hans": "zh-Hans", "zh-hant": "zh-Hant" }[language];
}

// A block ends its line by itself; the line break behind it would show as an empty line.
function dropLineBreakAfter(block) {
  const next = block.nextSibling;
  if (next?.nodeType === Node.TEXT_NODE) next.data = next.data.replace(/^\n/, "");
}

function prepareLink(link) {
  const isCommand = link.dataset.kind === "bot_command";
  const isSafe = /^(https?|tg|mailto):/i.test(link.getAttribute("href") ?? "");
  if (isCommand) link.href = "#";
  else if (!isSafe) link.removeAttribute("href");
  link.rel = "noopener noreferrer";
}

function meta(message) {
  return h("span", { class: "meta", title: fullTime(message.date) },
    message.silent && h("span", { title: t("silent") }, icon("silent")),
    message.edited && h("span", {}, t("edited")),
    h("time", { datetime: message.date }, timeOf(message.date)));
}

function reactions(message) {
  if (!message.reactions?.length) return null;
  return h("div", { class: "reactions" }, message.reactions.map(({ emoji, count, mine }) =>
    button({ class: "reaction", "aria-pressed": String(mine), "data-do": "react", "data-emoji": emoji,
      "aria-label": `${t("react", { emoji })} (${count})` },
    h("span", { class: "emoji" }, emoji), h("span", {}, String(count)))));
}

function keyboard(message) {
  if (!message.buttons?.length) return null;
  return h("div", { class: "keyboard" }, message.buttons.map((line) => h("div", { class: "keys" }, line.map(key))));
}

const key = ({ label, index, url }) =>
  button({ class: "key", "data-do": "press", "data-index": index, "data-url": url },
    h("span", { dir: "auto" }, label), url && icon("outside"));

/** Fits a message to the one above it: the day when it changes, the author once for what is said in one breath. */
export function settle(item, previous) {
  const { message } = item;
  const above = previous?.message;
  const opensDay = !above || !isSameDay(above.date, message.date);
  item.querySelector(":scope > .day")?.remove();
  if (opensDay) item.prepend(h("p", { class: "chip day" }, dayName(message.date)));
  item.classList.toggle("continued", !opensDay && isSameBreath(above, message));
}

function isSameBreath(above, message) {
  if (above.service || message.service || above.only_for_me !== message.only_for_me) return false;
  const isSameVoice = authorOf(above) === authorOf(message) && above.from?.key === message.from?.key;
  return isSameVoice && new Date(message.date) - new Date(above.date) < SAME_BREATH_MS;
}
