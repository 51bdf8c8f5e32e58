// Who goes on elsewhere takes along what stands in the form and was not sent: [data-typed] is sent with it. Photos
// that were only chosen stay behind; without this module the form is asked anew there.

document.addEventListener("submit", ({ target }) => {
  const flow = document.getElementById("flow");
  if (!flow || !("typed" in target.dataset)) return;
  for (const old of target.querySelectorAll("[data-unsent]")) old.remove();
  for (const [name, value] of new FormData(flow)) {
    if (typeof value !== "string" || !(name === "step" || name.startsWith("q."))) continue;
    const sent = document.createElement("input");
    sent.type = "hidden";
    sent.name = name;
    sent.value = value;
    sent.dataset.unsent = "";
    target.append(sent);
  }
});
