// When a change of the ticket deserves attention. Pure.

/** What in the step from one state to the next deserves attention: "turn", "near" or nothing. */
export function deserves(before, after) {
  if (after.state === "called") return before.state !== "called" || before.call !== after.call ? "turn" : "";
  return after.near === "yes" && before.near !== "yes" ? "near" : "";
}
