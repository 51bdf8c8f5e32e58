// A signature drawn on a field of 1000 by 400; kept as lines of x, y, x, y … in the form's hidden field.

const WIDE = 1000;
const HIGH = 400;
const STEP = 6;
const MOST_POINTS = 2900;

export function watchSignature(box) {
  const pad = box.querySelector("[data-pad]");
  const drawing = pad.querySelector("svg");
  const ink = pad.querySelector("[data-ink]");
  const field = box.querySelector("[data-strokes]");
  let lines = field.value ? JSON.parse(field.value) : [];
  const clear = pad.querySelector("[data-clear]");
  let line = null;
  pad.hidden = false;
  clear.hidden = !lines.length;

  function keep() {
    field.value = lines.length ? JSON.stringify(lines) : "";
    ink.setAttribute("d", lines.map(path).join(" "));
    clear.hidden = !lines.length;
  }

  function point(event) {
    const frame = drawing.getBoundingClientRect();
    const x = Math.round(((event.clientX - frame.left) / frame.width) * WIDE);
    const y = Math.round(((event.clientY - frame.top) / frame.height) * HIGH);
    return [Math.min(WIDE, Math.max(0, x)), Math.min(HIGH, Math.max(0, y))];
  }

  drawing.addEventListener("pointerdown", (event) => {
    if (event.button > 0 || line) return;
    event.preventDefault();
    drawing.setPointerCapture(event.pointerId);
    line = point(event);
    lines.push(line);
  });
  drawing.addEventListener("pointermove", (event) => {
    if (!line) return;
    const [x, y] = point(event);
    const far = Math.hypot(x - line.at(-2), y - line.at(-1)) >= STEP;
    if (!far || lines.reduce((sum, one) => sum + one.length / 2, 0) >= MOST_POINTS) return;
    line.push(x, y);
    keep();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    drawing.addEventListener(end, () => {
      line = null;
      keep();
    });
  }
  clear.addEventListener("click", () => {
    lines = [];
    keep();
  });
}

function path(line) {
  const points = [];
  for (let n = 0; n < line.length; n += 2) points.push(`${line[n]} ${line[n + 1]}`);
  return `M${points.length > 1 ? points.join(" L") : `${points[0]} l0.1 0`}`;
}
