// What the newsroom adds to the back office. Loaded on all its pages.
(() => {
    "use strict";

    // Wagtail's forms start their parts with scripts in the page, which the paper's policy forbids.
    // Ours say in data- attributes what to call (start) or to make (new), and with what.
    const started = new WeakSet();

    function start(mark) {
        const { deskStart, deskNew, deskId, deskOptions } = mark.dataset;
        const what = window[deskStart || deskNew];
        if (started.has(mark) || typeof what !== "function") return;
        started.add(mark);
        const given = [deskId, deskOptions && JSON.parse(deskOptions)].filter(Boolean);
        const made = deskStart ? what(...given) : new what(...given);
        if (made?.chooserWidgetFactory) keepOrder(made.chooserWidgetFactory);
    }

    // Several authors chosen at once stand in the order in which they were ticked.
    let ticked = [];

    document.addEventListener("change", (event) => {
        const box = event.target;
        if (box.type !== "checkbox" || !box.closest(".modal, [role=dialog]")) return;
        ticked = ticked.filter((value) => value !== box.value);
        if (box.checked) ticked.push(box.value);
    });

    function keepOrder(chooser) {
        const open = chooser.openModal.bind(chooser);
        const place = ({ id }) => ticked.indexOf(String(id));
        chooser.openModal = (done, options) => {
            ticked = [];
            open((chosen) => done(chosen.toSorted((a, b) => place(a) - place(b))), options);
        };
    }

    const MARKS = "[data-desk-start], [data-desk-new]";

    function startAll(root) {
        if (root.matches?.(MARKS)) start(root);
        root.querySelectorAll?.(MARKS).forEach(start);
    }

    // A story that has been chosen is changed from the latest ones too, not from its own section.
    function openAtLatest() {
        const { PageChooser } = window;
        if (!PageChooser) return;
        const options = PageChooser.prototype.getModalOptions;
        PageChooser.prototype.getModalOptions = function atLatest() {
            const asked = options.call(this);
            if (String(asked.modelNames) === "newsroom.storypage") delete asked.parentId;
            return asked;
        };
    }

    // The menu marks where one is: a story is among the stories, wherever its form stands.
    function markMenu() {
        const story = document.querySelector("[data-side-panel='before-publishing']");
        const link = story && document.querySelector(".sidebar a[href$='/stories/']");
        const own = link?.closest(".sidebar-menu-item");
        for (const item of document.querySelectorAll(".sidebar .sidebar-menu-item")) {
            const active = "sidebar-menu-item--active";
            const here = own ? item === own : item.classList.contains(active);
            // Written only when it changes: writing is seen by the observer below.
            if (item.classList.contains(active) !== here) item.classList.toggle(active, here);
            const marked = item.querySelector("a, button");
            if (here && !marked?.hasAttribute("aria-current")) {
                marked?.setAttribute("aria-current", item === own ? "true" : "page");
            } else if (!here && marked?.hasAttribute("aria-current")) {
                marked.removeAttribute("aria-current");
            }
        }
    }

    // The number of warnings stands beside the button of their panel.
    function count(facts) {
        const { deskPanel, deskCount } = facts.dataset;
        const counter = document.querySelector(
            `[data-side-panel-toggle="${deskPanel}"] [data-side-panel-toggle-counter]`,
        );
        // Written only when it changes: writing is seen by the observer below.
        if (!counter || counter.textContent.trim() === deskCount) return;
        counter.textContent = deskCount;
        counter.hidden = deskCount === "0";
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

    // While the page is still read: a menu takes its buttons out of the page as soon as all of it
    // is there, and a chooser looks for its own when it starts.
    const reading = new MutationObserver((changes) => {
        for (const { addedNodes } of changes) addedNodes.forEach(startAll);
    });
    reading.observe(document, { childList: true, subtree: true });

    document.addEventListener("DOMContentLoaded", () => {
        reading.disconnect();
        startAll(document);
        openAtLatest();
        markMenu();
        const menu = document.querySelector("[data-wagtail-sidebar]");
        if (menu) {
            new MutationObserver(markMenu).observe(menu, {
                childList: true, subtree: true, attributes: true, attributeFilter: ["class"],
            });
        }
        // Sent while a row is added to a list, before anybody asks for what is in it.
        document.addEventListener("w-formset:added", (event) => startAll(event.target));
        new MutationObserver((changes) => {
            for (const change of changes) {
                for (const node of change.addedNodes) {
                    startAll(node);
                    node.querySelectorAll?.("[data-desk-count]").forEach(count);
                    if (node.matches?.("[data-desk-count]")) count(node);
                }
            }
        }).observe(document.body, { childList: true, subtree: true });
    });
})();
