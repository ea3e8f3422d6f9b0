// Opens something from elsewhere in its place, once the reader asks for it.
for (const button of document.querySelectorAll("[data-embed-open]")) {
    button.addEventListener("click", () => {
        const frame = document.createElement("iframe");
        frame.src = button.dataset.embedOpen;
        frame.title = button.dataset.embedTitle;
        frame.allow = "fullscreen; picture-in-picture; encrypted-media";
        frame.referrerPolicy = "strict-origin-when-cross-origin";
        frame.className = "embed__frame";
        button.closest("[data-embed-ask]").replaceWith(frame);
        frame.focus();
    });
}
