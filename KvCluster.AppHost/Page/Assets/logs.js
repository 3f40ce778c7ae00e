// The output of one server: its last lines, then every new one.
import { byId, element } from "./dom.js";

const shownMax = 500;
let waiting = null;

byId("log-server").addEventListener("change", reloadLog);

export function offerServers(names) {
  const select = byId("log-server");
  if (names.join() === [...select.options].map((option) => option.value).join()) return;
  const chosen = select.value;
  select.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
  if (names.includes(chosen)) select.value = chosen;
  reloadLog();
}

export async function reloadLog() {
  const server = byId("log-server").value;
  if (!server) return;
  waiting = [];
  try {
    const response = await fetch(`api/logs/${encodeURIComponent(server)}`);
    const lines = await response.json();
    if (server !== byId("log-server").value) return;
    byId("log").textContent = lines.map((line) => `${line.text}\n`).join("");
    // What came while the lines were on their way may be among them already.
    const last = lines.at(-1)?.text;
    const known = waiting.findLastIndex((line) => line.text === last);
    waiting.slice(known + 1).forEach(append);
  } catch {
    byId("log").textContent = "The AppHost does not answer.\n";
  } finally {
    waiting = null;
    scroll();
  }
}

export function addLine(line) {
  if (line.server !== byId("log-server").value) return;
  if (waiting) {
    waiting.push(line);
    return;
  }
  const log = byId("log");
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  append(line);
  if (isAtEnd) scroll();
}

function append(line) {
  const log = byId("log");
  log.append(`${line.text}\n`);
  while (log.childNodes.length > shownMax) log.firstChild.remove();
}

function scroll() {
  const log = byId("log");
  log.scrollTop = log.scrollHeight;
}
