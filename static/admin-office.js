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

// A text's looks follow the typing; the server draws them, as the button "Preview" has it do.
let waiting;
let latest = 0;
document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-preview]");
    if (!form) {
        return;
    }
    clearTimeout(waiting);
    waiting = setTimeout(() => { showLooks(form); }, 500);
});

async function showLooks(form) {
    const data = new FormData(form);
    data.set("preview", "1");
    const mine = latest += 1;
    const answer = await fetch(form.action, { method: "POST", body: data }).catch(() => null);
    if (!answer || !answer.ok || mine !== latest) {
        return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const drawn = page.getElementById(form.dataset.preview);
    if (drawn) {
        document.getElementById(form.dataset.preview).replaceWith(drawn);
    }
}

// Keys by their place on the keyboard: an Arabic layout writes other letters there.
let lead = "";
document.addEventListener("keydown", (event) => {
    const help = document.getElementById("office-keys");
    const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
    if (!help || help.open || isTyping || event.ctrlKey || event.metaKey || event.altKey) {
        return;
    }
    const key = keyOf(event);
    const link = help.querySelector(`[data-keys="${lead + key}"]`) || (key === "n" && document.querySelector("a.addlink"));
    lead = key === "g" ? "g" : "";
    if (link) {
        location.assign(link.href);
    } else if (key === "?") {
        help.showModal();
    } else if (key === "/") {
        event.preventDefault();
        openSearch();
    }
});

function keyOf(event) {
    if (event.key === "?" || event.key === "؟") {
        return "?";
    }
    if (event.key === "/" || event.code === "Slash") {
        return "/";
    }
    return event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : "";
}

function openSearch() {
    const box = document.getElementById("searchbar");
    if (box) {
        box.focus();
        box.select();
    } else {
        window.dispatchEvent(new CustomEvent("opencommand"));
    }
}
