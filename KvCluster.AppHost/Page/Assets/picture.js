// The cluster as a picture: nodes with their slots, servers with their roles, and how the copies flow.
import { byId, element, number, shape } from "./dom.js";
import { buttonsFor } from "./commands.js";

const slotCount = 16384;

export function draw(view) {
  const focused = document.activeElement?.dataset?.key;
  byId("picture").replaceChildren(...view.nodes.map(node), ...view.witnesses.map(witness));
  if (focused) document.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function node(node) {
  const pair = node.servers.length > 1
    ? [server(node.servers[0]), link(node), server(node.servers[1])]
    : node.servers.map(server);
  return element("article", { class: node.warning ? "node warned" : "node", "data-node": node.name },
    element("h3", {}, node.name, element("span", {}, `${number(node.slots)} slots, epoch ${node.epoch}`)),
    node.warning ? element("p", { class: "why" }, node.warning) : null,
    slots(node),
    element("div", { class: pair.length > 1 ? "pair" : "pair single" }, ...pair));
}

function slots(node) {
  const ranges = node.ranges ? node.ranges.split(", ").map((range) => range.split("–").map(Number)) : [];
  return shape("svg", { viewBox: `0 0 ${slotCount} 10`, preserveAspectRatio: "none", role: "img", "aria-label": `slots ${node.ranges || "none"}` },
    shape("title", {}, `slots ${node.ranges || "none"}`),
    shape("rect", { class: "slots-all", width: slotCount, height: 10 }),
    ...ranges.map(([first, last]) => shape("rect", { class: "slots-own", x: first, width: last - first + 1, height: 10 })));
}

function link(node) {
  const whole = node.copies > 1;
  const lag = node.servers[0].lag;
  return element("div", {},
    shape("svg", { class: whole ? "link" : "link broken", viewBox: "0 0 60 44", role: "img", "aria-label": whole ? "each write goes to both" : "one copy only" },
      shape("line", { x1: 6, y1: 22, x2: 48, y2: 22 }),
      whole ? shape("path", { d: "M46 16l10 6-10 6z" }) : null),
    element("p", { class: "lag-text" }, whole ? `lag ${number(lag ?? 0)}` : "one copy"));
}

function server(server) {
  return element("div", { class: `server ${server.tone}`, "data-server": server.name },
    element("h4", {}, server.name, " ", server.isMaster ? element("span", { class: "badge" }, "master") : null, server.isVoter ? element("span", { class: "badge" }, "votes") : null),
    element("p", { class: "state" }, server.text),
    element("p", { class: "about" }, element("a", { href: `${server.url}/cluster/status`, target: "_blank", rel: "noreferrer" }, server.url.replace("http://", "")),
      server.resp ? `, redis ${server.resp.split(":").pop()}` : "", server.process ? `, process ${server.process}` : ""),
    element("p", { class: "about" }, server.role === "witness" ? "holds no data" : `entry ${number(server.applied)}`),
    element("div", { class: "actions" }, ...buttonsFor(server)));
}

function witness(known) {
  return element("article", { class: "node" },
    element("h3", {}, "witness", element("span", {}, "votes on the topology")),
    element("div", { class: "pair single" }, server(known)));
}
