// The road to the server: plain requests, acts, and the stream of events.

import { state } from "./state.js";
import { everyLanguage } from "./strings.js";

const RETRY_MS = 1000;

async function getJson(path, parameters) {
  const response = await fetch(`${path}?${new URLSearchParams(parameters)}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

async function post(path, body) {
  try {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    return await response.json();
  } catch {
    return { ok: false, error: everyLanguage("unreachable") };
  }
}

export const fetchState = (as) => getJson("/play/state", { as });

/** A page of messages, oldest first; empty for a chat one may not look into. */
export async function fetchMessages(chat, before = null, limit = 60) {
  const earlier = before === null ? {} : { before };
  const { messages = [], more = false } = await getJson("/play/messages", { as: state.as, chat, limit, ...earlier });
  return { messages, more };
}

/** Does something as the person chosen; resolves to {ok: true, …} or {ok: false, error: {language: text}}, never rejects. */
export const act = (name, fields = {}) => post("/play/act", { as: state.as, act: name, ...fields });

export const runControl = (key) => post("/play/control", { key });

/** Listens to what happens, comes back by itself after a loss, and returns the function that ends it. */
export function listen(as, onEvent, onLost) {
  let source;
  let retry;
  const open = () => {
    source = new EventSource(`/play/events?${new URLSearchParams({ as })}`);
    source.onmessage = (message) => onEvent(JSON.parse(message.data));
    source.onerror = () => {
      onLost();
      // The browser's own retry is slower, and gives up for good on an error status.
      source.close();
      retry = setTimeout(open, RETRY_MS);
    };
  };
  open();
  return () => {
    clearTimeout(retry);
    source.close();
  };
}
