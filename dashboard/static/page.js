// The page: asks the JSON API every two seconds and shows what it says.

import { ask } from "./api.js";
import { Chart } from "./chart.js";
import { followModel } from "./classify.js";
import { assignColors, getColorClass } from "./colors.js";
import { build, find, formatPercent, setText } from "./elements.js";

const POLL_MS = 2000;
const PAGE_SIZE = 25;
const MOST_TWEETS = 200;

const formatTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const formatDay = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", hour: "2-digit", hourCycle: "h23" });

const view = { since: "30m", bucket: "1m", category: "", search: "", limit: PAGE_SIZE, isReading: false };
const shown = { counts: null, tweets: null, ids: null };
let failedSince = null;

function describeAge(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} days`;
}

const formatMoment = (iso) =>
  Date.now() - new Date(iso) < 72e6 ? formatTime.format(new Date(iso)) : new Date(iso).toLocaleString();

// -- counts ---------------------------------------------------------------------------------------

function explainWindow(readout, { start, counts }, isLast) {
  const wanted = shown.counts.categories.filter((name) => counts[name] && (!view.category || name === view.category));
  wanted.sort((one, other) => counts[other] - counts[one]);
  const sum = wanted.reduce((total, name) => total + counts[name], 0);
  const title = `${formatStart(start)}: ${sum.toLocaleString()} tweets${isLast ? " so far" : ""}`;
  readout.replaceChildren(
    build("p", { textContent: title }),
    ...wanted.map((name) =>
      build("p", {}, build("span", { className: `swatch ${getColorClass(name)}` }), ` ${name} `,
        build("span", { textContent: counts[name].toLocaleString() }))),
  );
}

const formatStart = (iso) => (view.since === "7d" ? formatDay : formatTime).format(new Date(iso));

const chart = new Chart(find("chart"), explainWindow);

function showCounts(counts) {
  shown.counts = counts;
  if (view.category && !counts.categories.includes(view.category)) setCategory("");
  if (assignColors(counts.categories) && shown.tweets) showTweets(shown.tweets);
  const categories = counts.categories.filter((name) => !view.category || name === view.category);
  chart.show(counts.windows, categories.map((name) => ({ name, className: getColorClass(name) })), formatStart);
  const sum = Object.values(counts.totals).reduce((total, count) => total + count, 0);
  find("sum").textContent = `${sum.toLocaleString()} tweets in the last ${describeRange()}`;
  const list = find("totals");
  while (list.children.length < counts.categories.length) list.append(build("li", {}, buildTotal()));
  while (list.children.length > counts.categories.length) list.lastChild.remove();
  counts.categories.forEach((name, index) => fillTotal(list.children[index].firstChild, name, sum));
}

const describeRange = () => document.querySelector("#ranges [aria-pressed=true]").textContent.trim();

function buildTotal() {
  const parts = ["swatch", "name", "count", "share"].map((className) => build("span", { className }));
  const button = build("button", { type: "button" }, ...parts);
  button.addEventListener("click", () => chooseCategory(button.dataset.category === view.category ? "" : button.dataset.category));
  return button;
}

function fillTotal(button, name, sum) {
  const count = shown.counts.totals[name];
  button.dataset.category = name;
  button.className = getColorClass(name);
  button.setAttribute("aria-pressed", name === view.category);
  setText(button.children[1], name);
  setText(button.children[2], count.toLocaleString());
  setText(button.children[3], sum ? formatPercent(count / sum) : "");
}

// -- tweets ---------------------------------------------------------------------------------------

function buildTweet(tweet) {
  const author = build("p", { className: "author" }, build("b", { textContent: tweet.name ?? tweet.username ?? "unknown" }));
  if (tweet.username) author.append(` @${tweet.username}`);
  author.append(" · ", build("time", { dateTime: tweet.created_at, title: new Date(tweet.created_at).toLocaleString() }));
  const confidence = tweet.confidence === null ? "" : formatPercent(tweet.confidence);
  return build("li", { className: shown.ids && !shown.ids.has(tweet.id) ? "new" : "" },
    author,
    build("p", { className: "text", textContent: tweet.text }),
    build("p", { className: `category ${getColorClass(tweet.category)}` },
      build("span", { className: "swatch" }), tweet.category,
      build("span", { className: "confidence", textContent: confidence, title: `confidence, by model ${tweet.model_version}` })),
  );
}

function showTweets(answer) {
  shown.tweets = answer;
  find("tweets").replaceChildren(...answer.tweets.map(buildTweet));
  shown.ids = new Set(answer.tweets.map(({ id }) => id));
  find("more").hidden = !answer.next || view.limit >= MOST_TWEETS;
  find("empty").hidden = answer.tweets.length > 0;
}

function showAges() {
  for (const time of document.querySelectorAll("#tweets time")) {
    setText(time, `${describeAge(Math.max(0, (Date.now() - new Date(time.dateTime)) / 1000))} ago`);
  }
}

// -- health ---------------------------------------------------------------------------------------

function showHealth({ data_age_seconds: age, components: { storage, data, model } }) {
  const freshness = find("freshness");
  const isWaiting = age === null && storage.status === "ok";
  freshness.dataset.status = isWaiting ? "waiting" : storage.status === "down" ? "down" : data.status;
  setText(find("empty"), view.search || view.category ? "None of the newest tweets is like that." : data.detail);
  const notices = [];
  if (storage.status !== "ok") notices.push(`${storage.status === "down" ? "Stored data is out of reach" : "Trouble"} since ${formatMoment(storage.since)}: ${storage.detail}`);
  if (data.status === "degraded") notices.push(`No new tweets since ${formatMoment(data.since)}.`);
  if (notices.length && age !== null) notices.push("What you see is the last data.");
  if (model.status === "down") notices.push(model.detail);
  setText(find("notice"), notices.join(" "));
  if (storage.status === "down") setText(freshness, age === null ? "No data yet" : `Storage away · data ${describeAge(age)} old`);
  else if (age === null) setText(freshness, "Waiting for the first tweet");
  else setText(freshness, `${data.status === "ok" ? "Live" : "Stale"} · last tweet ${describeAge(age)} ago`);
}

function showFailure(error) {
  failedSince ??= new Date().toISOString();
  find("freshness").dataset.status = "down";
  setText(find("freshness"), "Dashboard away");
  const reason = error instanceof TypeError ? "" : ` (${error.message})`;
  setText(find("notice"), `The dashboard's server does not answer since ${formatMoment(failedSince)}${reason}. What you see is the last data.`);
}

// -- the loop and what one can choose -------------------------------------------------------------

let timer = 0;
let round = 0;

async function update() {
  clearTimeout(timer);
  const current = ++round;
  try {
    const { since, bucket } = view;
    const counts = await ask("counts", { since, bucket }, shown.counts);
    if (current !== round) return;
    // First, as the category that was chosen may be gone.
    if (counts) showCounts(counts);
    const { category, search, limit } = view;
    const [tweets, health] = await Promise.all([
      view.isReading ? null : ask("tweets", { limit, category, q: search }, shown.tweets),
      ask("health", {}),
    ]);
    if (current !== round) return;
    failedSince = null;
    if (tweets) showTweets(tweets);
    showHealth(health);
    followModel(health.components.model);
  } catch (error) {
    if (current !== round) return;
    showFailure(error);
  }
  showAges();
  if (!document.hidden) timer = setTimeout(update, POLL_MS);
}

function setCategory(category) {
  Object.assign(view, { category, limit: PAGE_SIZE });
  shown.ids = null;
  find("clear").hidden = !category;
  find("clear").textContent = `${category} ✕`;
  find("clear").setAttribute("aria-label", `Show all categories, not only ${category}`);
}

function chooseCategory(category) {
  setCategory(category);
  showCounts(shown.counts);
  update();
}

find("ranges").addEventListener("click", ({ target }) => {
  if (!target.dataset.since) return;
  for (const button of find("ranges").children) button.setAttribute("aria-pressed", button === target);
  Object.assign(view, { since: target.dataset.since, bucket: target.dataset.bucket });
  update();
});
find("clear").addEventListener("click", () => chooseCategory(""));
find("search").addEventListener("input", ({ target }) => {
  Object.assign(view, { search: target.value.trim(), limit: PAGE_SIZE });
  shown.ids = null;
  update();
});
find("more").addEventListener("click", () => {
  view.limit = Math.min(view.limit + PAGE_SIZE, MOST_TWEETS);
  update();
});
for (const [event, isReading] of [["pointerenter", true], ["pointerleave", false]]) {
  find("tweets").addEventListener(event, ({ pointerType }) => {
    view.isReading = isReading && pointerType === "mouse";
    find("paused").hidden = !view.isReading;
  });
}
document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : update()));
update();
