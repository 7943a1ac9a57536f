// A text field with a coloured copy behind it and a list of words that fit. It keeps no state but what is typed.
const fields = new WeakMap();
const MOST = 40; // words in the list at once
const PIECE = /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|('(?:[^']|'')*(?:'|$))|("(?:[^"]|"")*(?:"|$))|(\$[A-Za-z_]\w*)|([A-Za-z_]\w*)/g;
const KINDS = ["parameter", "table", "column", "metric", "function"];

export default function (component) {
  const { data, parentElement } = component;
  const field = fields.get(parentElement) ?? made(parentElement);
  fields.set(parentElement, field);
  field.component = component;
  field.keywords = new Set(data.keywords);
  field.label.textContent = data.label;
  field.area.rows = data.lines;
  if (field.version !== data.version) {
    field.version = data.version;
    field.area.value = data.text;
    field.sent = data.text;
    close(field);
  }
  colour(field);
}

function made(parent) {
  const find = (selector) => parent.querySelector(selector);
  const field = { area: find("textarea"), copy: find("pre"), list: find("ul"), label: find("label"), status: find(".said"), at: -1, words: [] };
  const { area, list } = field;
  area.oninput = () => { colour(field); suggest(field, 2); };
  area.onscroll = () => { field.copy.scrollTop = area.scrollTop; field.copy.scrollLeft = area.scrollLeft; close(field); };
  area.onkeydown = (event) => pressed(field, event);
  area.onblur = () => { close(field); send(field); };
  list.onmousedown = (event) => event.preventDefault(); // the field keeps the focus
  list.onclick = (event) => {
    const item = event.target.closest("li");
    if (item) take(field, Number(item.dataset.at));
  };
  return field;
}

function send(field) {
  if (field.area.value === field.sent) return;
  field.sent = field.area.value;
  field.component.setStateValue("typed", { text: field.sent, version: field.version });
}

function pressed(field, event) {
  const open = !field.list.hidden;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    close(field);
    field.sent = field.area.value;
    const typed = { text: field.sent, version: field.version };
    field.component.setStateValue("typed", typed);
    field.component.setTriggerValue("run", typed);
  } else if (event.key === " " && event.ctrlKey) {
    event.preventDefault();
    suggest(field, 0);
  } else if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const most = field.words.length;
    mark(field, event.key === "ArrowDown" ? (field.at + 1) % most : (Math.max(field.at, 0) + most - 1) % most);
  } else if (open && (event.key === "Tab" && !event.shiftKey || (event.key === "Enter" && field.at >= 0))) {
    event.preventDefault();
    take(field, Math.max(field.at, 0));
  } else if (open && event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close(field);
  }
}

function colour(field) {
  const text = field.area.value;
  const parts = [];
  let from = 0;
  for (const piece of text.matchAll(PIECE)) {
    const [all, comment, quoted, , param, word] = piece;
    const kind = comment ? "comment" : quoted ? "text" : param ? "param" : word && field.keywords.has(word.toLowerCase()) ? "keyword" : null;
    if (!kind) continue;
    const span = document.createElement("span");
    span.className = kind;
    span.textContent = all;
    parts.push(text.slice(from, piece.index), span);
    from = piece.index + all.length;
  }
  field.copy.replaceChildren(...parts, text.slice(from) + "\n ");
  field.copy.scrollTop = field.area.scrollTop;
  field.copy.scrollLeft = field.area.scrollLeft;
}

function word(field) {
  const before = field.area.value.slice(0, field.area.selectionStart);
  const found = before.match(/(?:([A-Za-z_]\w*)\.)?(\$?[A-Za-z_]?\w*)$/);
  return { before, owner: found[1] ?? "", start: found[2] };
}

function tables(text) {
  const named = {};
  for (const [, table, alias] of text.matchAll(/\b(?:from|join|,)\s+([A-Za-z_]\w*)(?:\s+(?:as\s+)?([A-Za-z_]\w*))?/gi)) {
    named[table.toLowerCase()] = table.toLowerCase();
    if (alias) named[alias.toLowerCase()] = table.toLowerCase();
  }
  return named;
}

function suggest(field, least) {
  const { before, owner, start } = word(field);
  const wanted = start.toLowerCase();
  const commented = before.slice(before.lastIndexOf("\n") + 1).includes("--");
  if ((start.length < least && !owner && start !== "$") || commented) return close(field);
  const named = tables(field.area.value);
  const mine = new Set(Object.values(named));
  const fits = ([kind, name, , table]) => {
    if (owner && (kind !== "column" || (named[owner.toLowerCase()] ?? owner.toLowerCase()) !== table)) return false;
    if (start.startsWith("$") !== (kind === "parameter")) return !start && kind !== "function";
    return name.toLowerCase().includes(wanted) && name.toLowerCase() !== wanted;
  };
  const seen = new Set();
  const rank = ([kind, name, , table]) =>
    (name.toLowerCase().startsWith(wanted) ? 0 : 10) + (kind === "column" && mine.has(table) ? 0 : 1 + KINDS.indexOf(kind));
  field.words = field.component.data.words.filter(fits).sort((one, other) => rank(one) - rank(other))
    .filter(([kind, name]) => !seen.has(kind + name) && seen.add(kind + name)).slice(0, MOST);
  field.words.length ? show(field, before) : close(field);
}

function show(field, before) {
  field.at = -1;
  field.list.replaceChildren(...field.words.map(([kind, name, meaning, table, type], at) => {
    const item = document.createElement("li");
    const title = document.createElement("b");
    const rest = document.createElement("span");
    title.textContent = name;
    rest.textContent = [type || kind, table, meaning].filter(Boolean).join(" · ");
    item.id = `word${at}`;
    item.dataset.at = at;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.append(title, rest);
    return item;
  }));
  const style = getComputedStyle(field.area);
  const lines = before.split("\n");
  const wide = field.wide ??= width(style.font);
  const left = parseFloat(style.paddingLeft) + lines.at(-1).length * wide - field.area.scrollLeft;
  field.list.style.top = `${parseFloat(style.paddingTop) + lines.length * parseFloat(style.lineHeight) - field.area.scrollTop + 4}px`;
  field.list.hidden = false;
  field.list.style.left = `${Math.max(0, Math.min(left, field.area.clientWidth - field.list.offsetWidth))}px`;
  field.area.setAttribute("aria-controls", "words");
  field.status.textContent = `${field.words.length} words fit`;
}

function width(font) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = font;
  return pen.measureText("0".repeat(100)).width / 100;
}

function mark(field, at) {
  field.at = at;
  [...field.list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
  field.list.children[at].scrollIntoView({ block: "nearest" });
  field.area.setAttribute("aria-activedescendant", `word${at}`);
  field.status.textContent = field.list.children[at].textContent;
}

function take(field, at) {
  const [kind, name] = field.words[at];
  const { before, start } = word(field);
  const quoted = before.slice(0, before.length - start.length).endsWith("'");
  const said = kind === "metric" && !quoted ? `'${name}'` : kind === "function" ? `${name}(` : name;
  field.area.setRangeText(said, before.length - start.length, field.area.selectionEnd, "end");
  close(field);
  colour(field);
  field.area.focus();
}

function close(field) {
  field.list.hidden = true;
  field.at = -1;
  field.area.removeAttribute("aria-activedescendant");
  field.area.removeAttribute("aria-controls");
  field.status.textContent = "";
}
