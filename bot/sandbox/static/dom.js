// Small tools to build elements. Text children are always text: markup never comes through here.

const SVG = "http://www.w3.org/2000/svg";

/** An element; properties that start with "on" are listeners, all others attributes; empty values and children are left out. */
export function h(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/**
 * Brings the children of `host` up to date. What looks the same stays, and what has the same `data-key` keeps its element:
 * the chats change all the time, and a press must not lose the button under it, nor the keyboard its place.
 */
export function redraw(host, ...children) {
  const fresh = children.flat().filter(Boolean);
  fresh.forEach((node, index) => {
    const old = host.children[index];
    if (!old) host.append(node);
    else if (old.dataset.key && old.dataset.key === node.dataset.key) refresh(old, node);
    else if (!old.isEqualNode(node)) old.replaceWith(node);
  });
  while (host.children.length > fresh.length) host.lastElementChild.remove();
}

function refresh(old, node) {
  if (old.isEqualNode(node)) return;
  for (const name of new Set([...old.getAttributeNames(), ...node.getAttributeNames()])) {
    if (node.hasAttribute(name)) old.setAttribute(name, node.getAttribute(name));
    else old.removeAttribute(name);
  }
  old.replaceChildren(...node.childNodes);
}

/** A drawing from the sprite in index.html. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

export const button = (properties, ...children) => h("button", { type: "button", ...properties }, ...children);

export const iconButton = (name, label, properties = {}) =>
  button({ class: "icon-button", title: label, "aria-label": label, ...properties }, icon(name));

/** A name or title that cannot disturb the direction of what stands beside it. */
export const isolated = (text, properties = {}) => h("bdi", properties, text);

export function avatar(name, color, isBot = false) {
  return h("span", { class: "avatar", "data-color": color ?? 0, "aria-hidden": "true" }, isBot ? icon("grain") : initial(name));
}

/** The letter on an avatar: the last character of a short Chinese name (小满 → 满), otherwise the first letter. */
function initial(name) {
  const letters = name.match(/[\p{L}\p{N}\p{Extended_Pictographic}]/gu) ?? ["?"];
  const isShortHan = letters.length <= 3 && letters.every((letter) => /\p{Script=Han}/u.test(letter));
  return (isShortHan ? letters.at(-1) : letters[0]).toUpperCase();
}
