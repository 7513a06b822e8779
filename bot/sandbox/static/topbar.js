// The bar at the top: mark, clock, the story's caption, its controls, language and appearance.

import { runControl } from "./api.js";
import { button, h, icon, iconButton, isolated, redraw } from "./dom.js";
import { clockText, fullTime } from "./format.js";
import { toast } from "./overlay.js";
import { emit, on, remembered, state } from "./state.js";
import { LANGUAGES, language, pick, setLanguage, t } from "./strings.js";

/** Draws the bar into `host` and keeps it up to date. */
export function showTopBar(host) {
  const name = h("span", { class: "product" });
  const clock = h("time", { class: "clock" });
  const notice = h("span", { class: "notice", role: "status" });
  const caption = h("p", { class: "story", "aria-live": "polite", dir: "auto" });
  const buttons = h("div", { class: "controls" });
  const settings = h("div", { class: "settings" });
  host.replaceChildren(h("div", { class: "mark" }, icon("grain"), name, clock, notice), caption, buttons, settings);

  const drawClock = () => {
    const iso = state.now.toISOString();
    clock.textContent = clockText();
    clock.dateTime = iso;
    clock.title = fullTime(iso);
  };
  const drawCaption = () => {
    caption.textContent = pick(state.caption);
    caption.hidden = !caption.textContent;
  };
  const drawControls = () => {
    redraw(buttons, state.controls.map(controlButton));
    buttons.hidden = state.controls.length === 0;
  };
  on("clock", drawClock);
  on("caption", drawCaption);
  on("controls", drawControls);
  on("connection", (isThere) => (notice.textContent = isThere ? "" : t("reconnecting")));
  on("state", () => {
    name.replaceChildren(isolated(state.bot.name));
    redraw(settings, languageChoice(), iconButton("theme", t("appearance"), { class: "icon-button theme", onclick: flipTheme }));
    drawClock();
    drawCaption();
    drawControls();
  });
}

function controlButton({ key, labels }) {
  const press = async (event) => {
    const button = event.currentTarget;
    button.setAttribute("aria-busy", "true");
    const answer = await runControl(key);
    button.removeAttribute("aria-busy");
    if (!answer.ok) toast(pick(answer.error));
  };
  return button({ class: "control", "data-key": key, onclick: press }, pick(labels));
}

function languageChoice() {
  const options = Object.entries(LANGUAGES).map(([code, name]) =>
    h("option", { value: code, lang: code, selected: code === language() }, name));
  const changed = (event) => {
    setLanguage(event.target.value);
    emit("language");
  };
  return h("select", { "aria-label": t("language"), title: t("language"), onchange: changed }, options);
}

const isDark = () => getComputedStyle(document.documentElement).colorScheme === "dark" ||
  (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);

export function applyTheme(theme = remembered.get("theme")) {
  if (theme) document.documentElement.dataset.theme = theme;
}

function flipTheme() {
  const theme = isDark() ? "light" : "dark";
  remembered.set("theme", theme);
  applyTheme(theme);
}
