// Copies what a button names, and lets a form be sent once. Everything works without it.
document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) {
        return;
    }
    const isCopied = await copy(button);
    button.classList.toggle("office-copied", isCopied);
    const told = button.parentElement.querySelector(".office-copy-told");
    if (told) {
        told.textContent = isCopied ? told.dataset.copied : told.dataset.selected;
    }
    setTimeout(() => {
        button.classList.remove("office-copied");
        if (told) {
            told.textContent = "";
        }
    }, 3000);
});

// Where the browser keeps its clipboard to itself the text is selected, so that one key copies it.
async function copy(button) {
    try {
        await navigator.clipboard.writeText(button.dataset.copy);
        return true;
    } catch {
        const text = button.parentElement.querySelector(".office-copy-text");
        if (text) {
            window.getSelection().selectAllChildren(text);
        }
        return Boolean(text) && document.execCommand("copy");
    }
}

document.addEventListener("submit", (event) => {
    if (event.target.matches(".office-confirm")) {
        const buttons = event.target.querySelectorAll("button[type=submit]");
        setTimeout(() => { buttons.forEach((button) => { button.disabled = true; }); }, 0);
    }
});

// Coming back with the back button must not find the form locked.
window.addEventListener("pageshow", () => {
    document.querySelectorAll(".office-confirm button[disabled]").forEach((button) => { button.disabled = false; });
});

// What follows the typing is drawn by the server, as the form's button has it do: a text's looks, who was found.
let waiting;
let latest = 0;
document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-preview]");
    const only = form && form.dataset.previewOf;
    if (!form || (only && only !== event.target.name)) {
        return;
    }
    clearTimeout(waiting);
    waiting = setTimeout(() => { showLooks(form); }, 500);
});

// Enter looks for what was typed; in every other field it goes on.
document.addEventListener("keydown", (event) => {
    const form = event.target.form;
    if (event.key === "Enter" && form && form.dataset.previewOf === event.target.name) {
        event.preventDefault();
        clearTimeout(waiting);
        showLooks(form);
    }
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

// What was typed is not saved by itself: the bar with the button says so.
document.addEventListener("input", (event) => {
    const hint = event.target.closest("form.warn-unsaved-form") && document.querySelector(".office-unsaved");
    if (hint) {
        hint.textContent = hint.dataset.text;
    }
});

// Unfold's buttons that are links without an address, or plain boxes: reached and pressed by keys as well.
const withoutAddress = "a[x-on\\:click]:not([href]), div.cursor-pointer[x-on\\:click]";
document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(withoutAddress).forEach((button) => {
        button.setAttribute("role", "button");
        button.tabIndex = 0;
    });
});

document.addEventListener("keydown", (event) => {
    if ((event.key === "Enter" || event.key === " ") && event.target.matches(withoutAddress)) {
        event.preventDefault();
        event.target.click();
    }
});
