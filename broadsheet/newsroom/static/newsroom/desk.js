// What the newsroom adds to the back office. Loaded on all its pages.
(() => {
    "use strict";

    // Wagtail's templates start their parts with scripts in the page, which the paper's policy
    // forbids. Ours say what to start in data- attributes instead.
    const started = new WeakSet();

    function start(mark) {
        if (started.has(mark) || mark.closest("template")) return;
        const what = window[mark.dataset.deskStart];
        if (typeof what !== "function") return;
        started.add(mark);
        const options = JSON.parse(mark.dataset.deskOptions);
        if (mark.dataset.deskId) what(mark.dataset.deskId, options);
        else new what(options);
    }

    function startAll(root) {
        if (root.matches?.("[data-desk-start]")) start(root);
        root.querySelectorAll?.("[data-desk-start]").forEach(start);
    }

    // The number of warnings stands beside the button of their panel.
    function count(root) {
        root.querySelectorAll?.("[data-desk-count]").forEach((facts) => {
            const toggle = document.querySelector(`[data-side-panel-toggle="${facts.dataset.deskPanel}"]`);
            const counter = toggle?.querySelector("[data-side-panel-toggle-counter]");
            if (!counter) return;
            counter.textContent = facts.dataset.deskCount;
            counter.hidden = facts.dataset.deskCount === "0";
        });
    }

    function now(zone) {
        // "2026-11-24 17:30" on the paper's clock, as the form writes it.
        return new Intl.DateTimeFormat("sv-SE", {
            timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit",
            hour: "2-digit", minute: "2-digit",
        }).format(new Date());
    }

    document.addEventListener("click", (event) => {
        const button = event.target.closest?.("[data-desk-now]");
        if (!button) return;
        const field = document.getElementById(button.dataset.deskNow);
        field.value = now(button.dataset.deskZone);
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.dispatchEvent(new Event("change", { bubbles: true }));
    });

    document.addEventListener("DOMContentLoaded", () => {
        startAll(document);
        new MutationObserver((changes) => {
            for (const change of changes) {
                for (const node of change.addedNodes) {
                    startAll(node);
                    count(node.parentElement ?? document);
                }
            }
        }).observe(document.body, { childList: true, subtree: true });
    });
})();
