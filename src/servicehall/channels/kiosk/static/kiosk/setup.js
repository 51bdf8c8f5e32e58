// The set-up page: tells the form how many CSS pixels the bar has, and the screen.
const bar = document.querySelector("[data-bar]");
const field = document.querySelector('input[name="bar"]');
const put = () => (field.value = bar.getBoundingClientRect().width.toFixed(2));
addEventListener("resize", put);
put();
document.querySelector('input[name="resolution"]').value = `${screen.width}x${screen.height}`;
