// What lies over the page for a moment: toasts, alerts, an enlarged photo, a menu.

import { act } from "./api.js";
import { button, h, icon, iconButton } from "./dom.js";
import { pick, t } from "./strings.js";

const TOAST_MS = 4000;

/** A line that leaves by itself, over `host`. */
export function toast(text, host = document.body) {
  host.querySelector(":scope > .toast")?.remove();
  const node = h("div", { class: "toast", role: "status", dir: "auto" }, text);
  host.append(node);
  setTimeout(() => node.remove(), TOAST_MS);
}

/** Does something on the server; a refusal is shown over `host` and gives null. */
export async function perform(name, fields = {}, host = document.body) {
  const answer = await act(name, fields);
  if (answer.ok) return answer;
  toast(pick(answer.error), host);
  return null;
}

function showDialog(kind, ...children) {
  const dialog = h("dialog", { class: kind, onclose: () => dialog.remove() }, ...children);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** A text that stays until it is put away. */
export function showAlert(text) {
  const ok = button({ class: "primary", onclick: () => dialog.close() }, t("ok"));
  const dialog = showDialog("alert", h("p", { dir: "auto" }, text), ok);
}

/** Asks before something is given away; resolves to whether it was agreed to. */
export function askFirst(text, yes) {
  return new Promise((resolve) => {
    const answer = (agreed) => () => {
      resolve(agreed);
      dialog.close();
    };
    const dialog = showDialog("alert", h("p", { dir: "auto" }, text), h("div", { class: "choices" },
      button({ class: "plain", onclick: answer(false) }, t("cancel")),
      button({ class: "primary", onclick: answer(true) }, yes)));
    dialog.addEventListener("close", () => resolve(false));
  });
}

export function showPhoto(source, caption) {
  const close = iconButton("close", t("close"), { onclick: () => dialog.close() });
  const image = h("img", { src: source, alt: caption ?? t("photo") });
  const dialog = showDialog("lightbox", close, image, caption && h("p", { dir: "auto" }, caption));
}

/** A menu at a point of the window: entries are {label, icon, run, danger}, `emoji` a row of reactions given to `onEmoji`. */
export function openMenu({ x, y, entries, emoji = [], onEmoji }) {
  closeMenu?.();
  const choose = (run) => () => {
    closeMenu();
    run();
  };
  const faces = emoji.map((face) =>
    button({ role: "menuitem", "aria-label": t("react", { emoji: face }), onclick: choose(() => onEmoji(face)) }, face));
  const lines = entries.map((entry) =>
    button({ role: "menuitem", class: entry.danger ? "danger" : null, onclick: choose(entry.run) },
      icon(entry.icon), h("span", {}, entry.label)));
  const menu = h("div", { class: "menu", popover: "manual", role: "menu", onkeydown: moveInMenu },
    faces.length > 0 && h("div", { class: "faces emoji" }, faces), lines);
  showMenu(menu, x, y);
}

let closeMenu = null;

// Not an "auto" popover: that one would close when the finger of the long press that opened it is lifted.
function showMenu(menu, x, y) {
  const before = document.activeElement;
  const ended = new AbortController();
  closeMenu = () => {
    ended.abort();
    menu.remove();
    closeMenu = null;
    before?.focus({ preventScroll: true });
  };
  document.body.append(menu);
  menu.showPopover();
  place(menu, x, y);
  menu.querySelector("button")?.focus({ preventScroll: true });
  const { signal } = ended;
  addEventListener("pointerdown", (event) => !menu.contains(event.target) && closeMenu(), { signal, capture: true });
  addEventListener("keydown", (event) => ["Escape", "Tab"].includes(event.key) && closeMenu(), { signal });
  addEventListener("resize", () => closeMenu(), { signal });
}

function place(menu, x, y) {
  const margin = 8;
  menu.style.left = `${Math.max(margin, Math.min(x, innerWidth - menu.offsetWidth - margin))}px`;
  menu.style.top = `${Math.max(margin, Math.min(y, innerHeight - menu.offsetHeight - margin))}px`;
}

function moveInMenu(event) {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  const next = buttons.indexOf(document.activeElement) + step;
  buttons.at(next % buttons.length).focus();
}
