// What can be asked of the cluster and done to a server. What may hurt is asked for twice.
import { byId, element } from "./dom.js";

const token = document.querySelector("meta[name=kvcluster-token]").content;
const answerSeconds = 8;
let hiding = 0;

const actions = {
  HandOver: { title: "Hand over", question: (name) => `Swap main and replica of ${name}'s node? Callers wait for a moment.` },
  Kill: { title: "Kill", danger: true, question: (name) => `End the process of ${name} at once, as a power cut would?` },
  Pause: { title: "Pause", danger: true, question: (name) => `Stop the process of ${name} where it is, as a frozen machine would?` },
  Resume: { title: "Resume" },
  PutBack: { title: "Put back" },
  Why: { title: "Why" },
};

export function buttonsFor(server) {
  const allowed = server.actions.split(" ");
  return Object.entries(actions).filter(([name]) => allowed.includes(name)).map(([name, action]) =>
    element("button", {
      type: "button", class: action.danger ? "danger" : null, "data-action": name, "data-key": `${server.name}/${name}`,
      "aria-label": `${action.title} ${server.name}`, onclick: () => ask(server.name, name, action),
    }, action.title));
}

byId("status").addEventListener("click", () => send("api/cluster/status"));

async function ask(server, name, action) {
  if (action.question && !(await isConfirmed(action.question(server), action.title))) return;
  await send(`api/servers/${encodeURIComponent(server)}/${name}`);
}

async function send(command) {
  try {
    const response = await fetch(command, { method: "POST", headers: { "X-KvCluster-Token": token } });
    if (response.status === 403) show(false, await response.text());
    else {
      const answer = await response.json();
      show(answer.ok, answer.text);
    }
  } catch (failure) {
    show(false, `The AppHost does not answer: ${failure.message}`);
  }
}

function isConfirmed(question, title) {
  const dialog = byId("ask");
  byId("question").textContent = question;
  byId("yes").textContent = title;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

function show(ok, text) {
  const answer = byId("answer");
  answer.textContent = text;
  answer.className = ok ? "" : "refused";
  answer.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => (answer.hidden = true), answerSeconds * 1000);
}
