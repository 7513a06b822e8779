// Times and short lines, in the page's language and the time zone of the story, or else the viewer's.

import { locale, pick, t } from "./strings.js";
import { state } from "./state.js";

const SHAPES = {
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  date: { month: "short", day: "numeric" },
  day: { weekday: "long", month: "long", day: "numeric" },
  clock: { weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  full: { dateStyle: "full", timeStyle: "short", hourCycle: "h23" },
  key: { year: "numeric", month: "2-digit", day: "2-digit" },
};
const DAY_MS = 86_400_000;
const formatters = new Map();

// Building a formatter costs far more than using one, and every message shows a time.
function formatted(shape, date, language = locale()) {
  const timeZone = state.zone ?? undefined;
  const key = `${shape} ${language} ${timeZone}`;
  if (!formatters.has(key)) formatters.set(key, new Intl.DateTimeFormat(language, { ...SHAPES[shape], timeZone }));
  return formatters.get(key).format(date);
}

// The days counted on the calendar of that zone; Canadians write them as 2026-11-27.
const dayOf = (date) => Date.parse(formatted("key", date, "en-CA")) / DAY_MS;
const daysAgo = (date) => dayOf(state.now) - dayOf(date);

export const timeOf = (iso) => formatted("time", new Date(iso));
export const fullTime = (iso) => formatted("full", new Date(iso));
export const clockText = () => formatted("clock", state.now);
export const isSameDay = (one, other) => dayOf(new Date(one)) === dayOf(new Date(other));

export function dayName(iso) {
  const date = new Date(iso);
  return { 0: t("today"), 1: t("yesterday") }[daysAgo(date)] ?? formatted("day", date);
}

/** The time of today's messages, the date of older ones. */
export function shortTime(iso) {
  const date = new Date(iso);
  return daysAgo(date) < 1 ? formatted("time", date) : formatted("date", date);
}

/** Under whose name a message stands: a person's, the bot's, or that of a chat. */
export const authorOf = (message) => message.sender_chat?.title ?? message.from?.name ?? "";

/** A message in one line, for lists and quotes. */
export function excerpt(message) {
  if (message.service) return pick(message.service);
  const text = (message.text ?? message.caption ?? "").replace(/\s+/gu, " ").slice(0, 120);
  if (message.contact) return `👤 ${message.contact.name}`;
  if (message.document) return `📄 ${text || message.document}`;
  return message.photo ? `🖼 ${text || t("photo")}` : text;
}

export const membersLine = (chat) => (chat.members === 1 ? t("oneMember") : t("members", { n: chat.members }));
