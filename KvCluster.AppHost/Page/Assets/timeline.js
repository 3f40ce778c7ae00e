// What happened, the newest first.
import { byId, element } from "./dom.js";

const shownMax = 200;
const names = { Server: "server", Failover: "failover", HandOver: "hand-over", Copies: "copies", Control: "control", Cluster: "cluster", Command: "you" };

export function addEvent(happened) {
  const list = byId("events");
  list.prepend(element("li", { class: happened.kind },
    element("time", {}, new Date(happened.at).toLocaleTimeString("en-GB")),
    element("b", {}, names[happened.kind] ?? happened.kind),
    element("span", {}, happened.text)));
  while (list.children.length > shownMax) list.lastChild.remove();
}

export const clearEvents = () => byId("events").replaceChildren();
