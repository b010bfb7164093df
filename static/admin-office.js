// Copies what a button names, and lets a form be sent once. Everything works without it.
document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button || !navigator.clipboard) {
        return;
    }
    navigator.clipboard.writeText(button.dataset.copy).then(() => {
        button.classList.add("office-copied");
        setTimeout(() => button.classList.remove("office-copied"), 1500);
    });
});

document.addEventListener("submit", (event) => {
    if (event.target.matches(".office-confirm")) {
        const button = event.target.querySelector("button[type=submit]");
        setTimeout(() => { button.disabled = true; }, 0);
    }
});

// Coming back with the back button must not find the form locked.
window.addEventListener("pageshow", () => {
    document.querySelectorAll(".office-confirm button[disabled]").forEach((button) => { button.disabled = false; });
});
