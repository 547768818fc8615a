// Keys, the heartbeat, and where the focus goes. Every page works without this file.
"use strict";

const KEYS_OFF = "netra-keys-off";
const HEARTBEATS_PER_LEASE = 4;
const MINUTE = 60000;
const WARNING_MINUTES = 3;
const NEWS_SECONDS = 30;
const PREPARING_SECONDS = 2;
const SILENCE_SECONDS = 25; // The service says every ten seconds that it is there.

const isTyping = (target) => target.closest("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");
const keysAreOn = () => localStorage.getItem(KEYS_OFF) === null;

function moveInList(step) {
  const links = [...document.querySelectorAll("[data-row] th a")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
}

function answerNext(group) {
  const radios = [...group.querySelectorAll("input[type=radio]")];
  const at = radios.findIndex((radio) => radio.checked);
  const next = radios[(at + 1) % radios.length];
  next.checked = true;
  next.focus();
}

function save() {
  const form = document.querySelector("form[data-assess]");
  if (form) form.requestSubmit();
  return Boolean(form);
}

function act(key) {
  if (key === "j" || key === "k") return moveInList(key === "j" ? 1 : -1), true;
  if (key === "?") return document.getElementById("daftar-tombol")?.showModal(), true;
  const group = document.querySelector(`[data-cycle="${CSS.escape(key)}"]`);
  if (group) return answerNext(group), true;
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  if (target.matches("summary, select, [type=radio], [type=checkbox], [type=search]")) target.focus();
  if (!target.matches("select, [type=search]")) target.click();
  return true;
}

function onKey(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    if (save()) event.preventDefault();
    return;
  }
  const isOurs = keysAreOn() && !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
  if (!isOurs || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter") {
    const isFree = !event.target.closest("a, button, summary");
    if (isFree && save()) event.preventDefault();
  } else if (act(event.key)) {
    event.preventDefault();
  }
}

function keepHolding(note) {
  const { heartbeat, minutes, left, held, soon, lost, extended } = note.dataset;
  const [line, spoken] = note.children;
  let isAlive = false; // A forgotten tab must give its item back, so only a person's touch keeps it.
  let until = Date.now() + left * MINUTE;
  let isWarned = false;
  for (const kind of ["keydown", "pointerdown", "scroll"]) addEventListener(kind, () => (isAlive = true), { passive: true });
  const lose = () => {
    clearInterval(beating);
    clearInterval(ticking);
    line.textContent = spoken.textContent = lost;
    note.classList.add("lost");
  };
  const extend = async () => {
    const answer = await fetch(heartbeat, { method: "POST", headers: { Accept: "application/json" } }).catch(() => null);
    if (answer === null) return false; // No line for a moment: the lease outlasts several missed beats.
    if (!answer.ok) return lose(), true;
    until = Date.parse((await answer.json()).until);
    isWarned = false;
    return tick(), true;
  };
  const tick = () => {
    const rest = Math.ceil((until - Date.now()) / MINUTE);
    if (rest <= 0) return lose();
    const isSoon = rest <= WARNING_MINUTES;
    line.textContent = (isSoon ? soon : held).replace("{minutes}", rest);
    note.classList.toggle("soon", isSoon);
    // Read out once: whoever reads with a screen reader moves no key that the page would see.
    if (isSoon && !isWarned) spoken.textContent = line.textContent;
    isWarned = isSoon;
  };
  const beat = () => {
    if (isAlive) extend();
    isAlive = false;
  };
  const beating = setInterval(beat, (minutes * MINUTE) / HEARTBEATS_PER_LEASE);
  const ticking = setInterval(tick, MINUTE / 4);
  document.querySelector("form[data-extend]")?.addEventListener("submit", async (event) => {
    event.preventDefault(); // What is filled in stays as it is.
    const form = event.target;
    if (!(await extend())) return form.submit();
    if (!note.classList.contains("lost")) spoken.textContent = extended;
    delete form.dataset.sent;
  });
}

function showLaw(select) {
  const box = document.getElementById(select.dataset.law);
  const [line, list] = [box.querySelector("[role=status]"), box.querySelector("details")];
  const show = () => {
    const fitting = [...box.querySelectorAll("[data-act]")].find((entry) => entry.dataset.act === select.value);
    line.textContent = fitting ? fitting.textContent : "";
  };
  list.open = false; // Whoever has no script sees all of them.
  line.classList.remove("unseen");
  select.addEventListener("change", show);
  show();
}

function tellNews(line) {
  let heard = -Infinity;
  let stream = null;
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(line.dataset.news, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer === null || !answer.ok) return;
    const { text } = await answer.json();
    if (line.textContent !== text) line.textContent = text; // Only what changed is read out; no row moves.
  };
  const hear = ({ type }) => {
    heard = Date.now();
    if (type !== "detak" || line.textContent) look(); // No stream says that flags are assessed: a number on screen is asked again.
  };
  const leave = () => {
    stream?.close();
    heard = -Infinity;
  };
  const follow = () => {
    leave();
    if (document.hidden) return;
    stream = new EventSource(line.dataset.stream);
    for (const kind of ["halo", "baru", "detak"]) stream.addEventListener(kind, hear);
    stream.addEventListener("cukup", leave); // Newer pages of the same person have taken its place.
  };
  // Whoever hears nothing asks: some proxies keep a stream back, and a page too many has none.
  setInterval(() => Date.now() - heard > SILENCE_SECONDS * 1000 && look(), NEWS_SECONDS * 1000);
  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", follow);
}

function tellPreparing(note) {
  const [line, spoken] = note.children;
  let before = note.dataset.spoken;
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(note.dataset.preparing, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer === null || !answer.ok) return;
    const said = await answer.json();
    line.textContent = said.line;
    if (said.spoken !== before) spoken.textContent = said.spoken; // Steps and the end are read out, counts are not.
    before = said.spoken;
    if (said.is_over) clearInterval(looking);
  };
  const looking = setInterval(look, PREPARING_SECONDS * 1000);
}

function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
}

function switchKeys(box, _, boxes) {
  box.checked = keysAreOn();
  box.closest("label").hidden = false;
  box.addEventListener("change", () => {
    boxes.forEach((other) => (other.checked = box.checked));
    box.checked ? localStorage.removeItem(KEYS_OFF) : localStorage.setItem(KEYS_OFF, "1");
  });
}

document.addEventListener("keydown", onKey);
document.addEventListener("submit", sendOnce);
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
document.querySelectorAll("[data-heartbeat]").forEach(keepHolding);
document.querySelectorAll("[data-news]").forEach(tellNews);
document.querySelectorAll("[data-preparing]").forEach(tellPreparing);
document.querySelectorAll("[data-law]").forEach(showLaw);
document.querySelectorAll("[data-keys-on]").forEach(switchKeys);
document.querySelector("[data-arrive]")?.focus(); // What the last deed came to is read before anything else.
