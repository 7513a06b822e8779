// Where a link leads: into the sandbox when it is Telegram's, otherwise to a new tab.

import { perform, toast } from "./overlay.js";
import { emit } from "./state.js";
import { t } from "./strings.js";

const TELEGRAM_HOSTS = ["t.me", "telegram.me"];

function parse(url) {
  try {
    return new URL(url, location.href);
  } catch {
    return null;
  }
}

/** Opens a link as the person chosen; messages about it appear over `host`. */
export async function openLink(url, host) {
  const target = parse(url);
  if (!target) return;
  const isTelegram = target.protocol === "tg:" || TELEGRAM_HOSTS.includes(target.hostname);
  if (isTelegram) await openInside(url, host);
  else if (["http:", "https:"].includes(target.protocol)) window.open(target.href, "_blank", "noopener,noreferrer");
}

async function openInside(url, host) {
  const answer = await perform("open", { url }, host);
  if (!answer) return;
  if (answer.requested) toast(t("requested"), host);
  if (answer.chat) emit("open", answer.chat);
}
