// Lines over the last minutes, drawn anew with each sample.
import { byId, number, shape } from "./dom.js";

const shownMilliseconds = 5 * 60 * 1000;
const keptMilliseconds = 15 * 60 * 1000;
const [height, left, top] = [110, 34, 6];
let samples = [];
let marks = [];

const charts = [
  { id: "rate", now: "now-rate", lines: [["read", (s) => s.reads], ["write", (s) => s.writes]], text: (s) => `${number(s.reads)} / ${number(s.writes)}` },
  { id: "latency", now: "now-latency", lines: [["read", (s) => s.readP99], ["faint", (s) => s.writeP50], ["write", (s) => s.writeP99]], text: (s) => `${number(s.readP99, 1)} / ${number(s.writeP99, 1)} ms` },
  { id: "lag", now: "now-lag", lines: [["lag", (s) => s.lag]], text: (s) => number(s.lag) },
];

export function addSample(sample) {
  samples.push(sample);
  samples = samples.filter((one) => sample.at - one.at < keptMilliseconds);
  draw();
}

/** A failover, which every chart shows. */
export function addMark(at) {
  marks.push(at);
  draw();
}

export function clearCharts() {
  [samples, marks] = [[], []];
}

function draw() {
  if (samples.length === 0) return;
  const end = samples.at(-1).at;
  const shown = samples.filter((sample) => end - sample.at <= shownMilliseconds);
  for (const chart of charts) {
    byId(chart.now).textContent = chart.text(samples.at(-1));
    drawOne(chart, shown, end);
  }
}

function drawOne(chart, shown, end) {
  const most = niceMost(Math.max(1, ...shown.flatMap((sample) => chart.lines.map(([, value]) => value(sample) ?? 0))));
  const svg = byId(chart.id);
  const width = svg.clientWidth || 400;
  const x = (at) => left + (width - left) * (1 - (end - at) / shownMilliseconds);
  const y = (value) => top + (height - top - 14) * (1 - value / most);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren(
    ...[0, most / 2, most].flatMap((value) => [
      shape("line", { class: "grid", x1: left, x2: width, y1: y(value), y2: y(value) }),
      shape("text", { x: left - 4, y: y(value) + 3, "text-anchor": "end" }, short(value)),
    ]),
    shape("text", { x: left, y: height - 1 }, "5 min ago"),
    shape("text", { x: width, y: height - 1, "text-anchor": "end" }, "now"),
    ...marks.filter((at) => end - at <= shownMilliseconds).map((at) => shape("line", { class: "mark", x1: x(at), x2: x(at), y1: top, y2: height - 14 })),
    ...chart.lines.map(([name, value]) => shape("path", { class: name, d: path(shown, value, x, y) })));
}

// A sample without a value ends a line: nothing happened there, which is not zero.
function path(shown, value, x, y) {
  let isDown = false;
  return shown.map((sample) => {
    const at = value(sample);
    const step = at === null || at === undefined ? "" : `${isDown ? "L" : "M"}${x(sample.at).toFixed(1)} ${y(at).toFixed(1)}`;
    isDown = step !== "";
    return step;
  }).join("");
}

function niceMost(most) {
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= most);
}

const short = (value) => (value >= 1000 ? `${number(value / 1000, 1)}k` : number(value, 1));
