// The row of people: who one is.

import { avatar, h, isolated, redraw } from "./dom.js";
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
  return h("button", { type: "button", class: "person", "data-key": person.key, "aria-pressed": String(person.key === state.as),
    onclick: () => emit("switch", person.key) },
  avatar(person.name, person.color),
  h("span", { class: "names" }, isolated(person.name, { class: "name" }), h("span", { class: "about" }, pick(person.about))));
}
