// Connects the stream of the AppHost with the parts of the page.
import { byId } from "./dom.js";
import { draw } from "./picture.js";
import { addSample, addMark, clearCharts } from "./charts.js";
import { addEvent, clearEvents } from "./timeline.js";
import { addLine, offerServers, reloadLog } from "./logs.js";

const stream = new EventSource("api/stream");

stream.onopen = () => {
  // After a pause of the connection everything comes anew.
  clearCharts();
  clearEvents();
  reloadLog();
  byId("link").hidden = true;
};
stream.onerror = () => (byId("link").hidden = false);
on("view", (view) => {
  showCondition(view);
  draw(view);
  offerServers([...view.nodes.flatMap((node) => node.servers), ...view.witnesses].map((server) => server.name));
});
on("sample", addSample);
on("line", addLine);
on("event", (happened) => {
  addEvent(happened);
  if (happened.kind === "Failover") addMark(happened.at);
});

function on(kind, handle) {
  stream.addEventListener(kind, (message) => handle(JSON.parse(message.data)));
}

function showCondition(view) {
  const condition = byId("condition");
  condition.textContent = view.condition.toLowerCase();
  condition.className = `pill ${condition.textContent}`;
  byId("facts").textContent = `topology ${view.topologyVersion}, write mode ${view.writeMode || "unknown"}` + (view.votes ? `, ${view.votes} voters` : "");
  const reasons = byId("reasons");
  reasons.hidden = view.reasons.length === 0;
  reasons.replaceChildren(...view.reasons.map((reason) => {
    const item = document.createElement("li");
    item.textContent = reason;
    return item;
  }));
}
