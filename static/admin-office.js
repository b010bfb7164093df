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
const waiting = new Map();
const latest = new Map();
document.addEventListener("input", (event) => {
    const part = previewed(event.target);
    if (part) {
        clearTimeout(waiting.get(part.dataset.preview));
        waiting.set(part.dataset.preview, setTimeout(() => { showLooks(part); }, 500));
    }
});

// Enter looks for what was typed; in every other field it goes on.
document.addEventListener("keydown", (event) => {
    const part = event.key === "Enter" && previewed(event.target);
    if (part && part.dataset.previewOf) {
        event.preventDefault();
        clearTimeout(waiting.get(part.dataset.preview));
        showLooks(part);
    }
});

// The innermost part around a field that follows it: any of its fields, or only the one it names.
function previewed(field) {
    let part = field.closest("[data-preview]");
    while (part && part.dataset.previewOf && part.dataset.previewOf !== field.name) {
        part = part.parentElement.closest("[data-preview]");
    }
    return part;
}

async function showLooks(part) {
    const id = part.dataset.preview;
    const form = part.closest("form");
    const data = new FormData(form);
    data.set("preview", "1");
    const mine = (latest.get(id) || 0) + 1;
    latest.set(id, mine);
    const answer = await fetch(form.action, { method: "POST", body: data }).catch(() => null);
    if (!answer || !answer.ok || mine !== latest.get(id)) {
        return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const drawn = page.getElementById(id);
    if (drawn) {
        document.getElementById(id).replaceWith(drawn);
        drawn.querySelectorAll("[data-carried-to]").forEach(carry);
    }
}

// What was looked for in vain begins the new customer's name or phone, where nothing else was typed there.
function carry(mark) {
    const field = document.getElementById(mark.dataset.carriedTo);
    if (field && field.value === (field.dataset.carried || "")) {
        field.value = mark.dataset.carried;
        field.dataset.carried = mark.dataset.carried;
    }
}

// Rows of a table of entries are added and taken out; without a script some empty ones are there.
document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-add-row], [data-take-row]").forEach((button) => { button.hidden = false; });
});

document.addEventListener("click", (event) => {
    const adding = event.target.closest("[data-add-row]");
    const taking = event.target.closest("[data-take-row]");
    if (adding) {
        const rows = adding.previousElementSibling.tBodies[0].rows;
        const added = rows[rows.length - 1].cloneNode(true);
        added.querySelectorAll("input").forEach((input) => { input.value = ""; });
        rows[rows.length - 1].after(added);
        added.querySelector("input").focus();
    } else if (taking) {
        const row = taking.closest("tr");
        row.querySelectorAll("input").forEach((input) => { input.value = ""; });
        row.querySelector("input").dispatchEvent(new Event("input", { bubbles: true }));
        if (row.parentElement.rows.length > 1) {
            row.remove();
        }
    }
});

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
    nameScrolling(document.querySelector(".office-skip")?.dataset.scrolling);
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

// Its boxes that scroll are named in English only, whether they are made by now or not yet.
function nameScrolling(name) {
    if (name) {
        document.querySelectorAll("[data-simplebar]").forEach((box) => { box.dataset.simplebarAriaLabel = name; });
        document.querySelectorAll(".simplebar-content-wrapper").forEach((box) => { box.setAttribute("aria-label", name); });
    }
}

// Enter in the box that finds everything takes what is marked, the first at first: of what was found for these words
// and no older ones, so it waits for the answer.
let isAnswerAwaited = false;
document.addEventListener("keydown", (event) => {
    if (event.target.id === "search-input-command" && event.key === "Enter" && !isAnswered(event.target)) {
        event.preventDefault();
        event.stopPropagation();
        isAnswerAwaited = true;
    }
}, true);

document.addEventListener("input", (event) => {
    if (event.target.id === "search-input-command") {
        isAnswerAwaited = false;
    }
});

document.addEventListener("htmx:afterSwap", () => {
    const box = document.getElementById("search-input-command");
    if (isAnswerAwaited && box && isAnswered(box)) {
        isAnswerAwaited = false;
        window.location.assign(document.querySelector("#command-results-list a").href);
    }
});

// Whether something was found for just what the box says.
function isAnswered(box) {
    const found = document.getElementById("command-results-list");
    return Boolean(found && found.querySelector("a")) && found.dataset.term === box.value.trim();
}
