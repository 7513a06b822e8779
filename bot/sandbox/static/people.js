// The row of people: who one is.

import { avatar, button, h, isolated, redraw } from "./dom.js";
import { emit, on, state } from "./state.js";
import { pick, t } from "./strings.js";

/** Draws the row into `host` and keeps it up to date. */
export function showPeople(host) {
  const draw = () => {
    host.setAttribute("aria-label", t("people"));
    // Those without a role are passers-by: they speak, but the row is the cast.
    const cast = state.people.filter((person) => pick(person.about) || person.key === state.as);
    redraw(host, h("span", { class: "people-label" }, t("people")), cast.map(card));
    host.querySelector("[aria-pressed=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  on("state", draw);
}

function card(person) {
  const { key, name, color, about } = person;
  const become = () => emit("switch", key);
  return button({ class: "person", "data-key": key, "aria-pressed": String(key === state.as), onclick: become },
    avatar(name, color),
    h("span", { class: "names" }, isolated(name, { class: "name" }), h("span", { class: "about" }, pick(about))));
}
