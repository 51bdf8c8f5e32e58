// The poster's print button.
document.querySelector("[data-print]").addEventListener("click", () => window.print());
