// "What would this be?": asks the live model about a text, and shows its answer and why.

import { ask } from "./api.js";
import { getColorClass } from "./colors.js";
import { build, find, formatPercent } from "./elements.js";

const PAUSE_MS = 300;
const LEAST_PROBABILITY = 0.03;
const LEAST_WEIGHT = 0.005;
const MOST_WORDS = 8;

let timer = 0;
let round = 0;
let hasFailed = false;
let model = { status: "ok", detail: null };

/** Take over how the model is; if another one is live, the text that stands there is asked again. */
export function followModel(current) {
  const isSame = current.detail === model.detail && current.status === model.status;
  model = current;
  if (!isSame || hasFailed) classify();
}

async function classify() {
  const current = ++round;
  const text = find("text").value.trim();
  hasFailed = false;
  if (model.status !== "ok") return showVerdict("No model can be used now, so no text can be classified.");
  if (!text) return showVerdict();
  try {
    const answer = await ask("classify", { text });
    if (current === round) showAnswer(answer);
  } catch (error) {
    if (current !== round) return;
    hasFailed = true;
    showVerdict(error instanceof TypeError ? "The dashboard's server does not answer." : error.message);
  }
}

function showVerdict(...parts) {
  find("verdict").replaceChildren(...parts);
  find("reasons").hidden = true;
}

function showAnswer(answer) {
  const { category, confidence, probabilities, runner_up: runnerUp, words } = answer;
  const ranking = Object.entries(probabilities).sort(([, one], [, other]) => other - one);
  const [mostProbable] = ranking[0];
  const isUnsure = category !== mostProbable;
  const remark = isUnsure
    ? `not sure: the most probable is ${mostProbable}, with only ${formatPercent(confidence)}`
    : formatPercent(confidence) + (runnerUp ? ` · also about ${runnerUp}` : "");
  showVerdict(
    build("span", { className: `swatch ${getColorClass(category)}` }),
    build("b", { textContent: category }), " ",
    build("span", { textContent: remark }),
  );
  const shown = ranking.filter(([, probability]) => probability > LEAST_PROBABILITY);
  find("probabilities").replaceChildren(...shown.map(buildProbability));
  const decisive = words.filter(({ weight }) => Math.abs(weight) >= LEAST_WEIGHT).slice(0, MOST_WORDS);
  find("words").replaceChildren(...decisive.map(buildWord));
  find("words-title").textContent = decisive.length
    ? `Words that speak for ${mostProbable}, or against it (−)`
    : "The model knows none of its words.";
  find("reasons").hidden = false;
}

function buildProbability([category, probability]) {
  const filled = build("span", {});
  filled.style.width = `${100 * probability}%`;
  return build("li", { className: getColorClass(category) },
    build("span", { className: "name", textContent: category }), " ",
    build("span", { className: "gauge" }, filled),
    build("span", { className: "share", textContent: formatPercent(probability) }));
}

function buildWord({ word, weight }) {
  const sign = weight < 0 ? "−" : "+";
  return build("li", { className: weight < 0 ? "against" : "" },
    `${word} `, build("span", { textContent: sign + Math.abs(weight).toFixed(2) }));
}

find("text").addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(classify, PAUSE_MS);
});
