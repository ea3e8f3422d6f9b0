// Deciding without loading a page: the list on one side, the comment on the other, and keys.
// Everything here is a form or a link of the page; without this file they work by themselves.
(() => {
    "use strict";

    const desk = document.querySelector("[data-mod]");
    if (!desk) return;
    const list = desk.querySelector("[data-mod-rows]");
    const pane = desk.querySelector("[data-mod-pane]");
    const toast = desk.querySelector("[data-mod-toast]");
    const keys = desk.querySelector("[data-mod-keys]");
    const bulk = desk.querySelector("[data-mod-bulk]");
    const AHEAD = 3; // panes fetched before they are asked for
    const FEW = 8; // rows left when the next ones are fetched

    desk.classList.add("is-scripted");
    desk.querySelectorAll("[data-mod-script]").forEach((one) => { one.hidden = false; });

    // Panes: fetched once, used once; what was decided on is fetched anew.

    const panes = new Map();

    function fetchPane(pk) {
        if (!panes.has(pk)) {
            const address = `${desk.dataset.pane.replace("/0/", `/${pk}/`)}?${desk.dataset.address}`;
            const coming = fetch(address).then((answer) => {
                if (!answer.ok) throw new Error(answer.status);
                return answer.text();
            });
            coming.catch(() => panes.delete(pk));
            panes.set(pk, coming);
        }
        return panes.get(pk);
    }

    const rows = () => [...list.querySelectorAll("[data-row]")];
    const rowOf = (pk) => list.querySelector(`[data-row="${pk}"]`);
    let at = desk.querySelector("[data-one]")?.dataset.one || "";

    // A key is about what is seen: while another comment is on its way it does nothing.
    const seen = () => pane.querySelector(`[data-one="${at}"]`);

    async function open(row, { read = true } = {}) {
        if (!row) return;
        at = row.dataset.row;
        for (const one of rows()) {
            const chosen = one === row;
            one.classList.toggle("is-chosen", chosen);
            const link = one.querySelector(".mod-row__link");
            if (chosen) link.setAttribute("aria-current", "true");
            else link.removeAttribute("aria-current");
        }
        row.scrollIntoView({ block: "nearest" });
        desk.classList.toggle("is-reading", read);
        history.replaceState(null, "", `?${desk.dataset.address}&at=${at}`);
        const wanted = at;
        try {
            const html = await fetchPane(wanted);
            if (at === wanted) show(html);
        } catch {
            if (at === wanted) say("The comment can’t be fetched. Is the paper reachable?", true);
        }
        ahead(row);
    }

    function show(html) {
        const inside = pane.contains(document.activeElement);
        pane.innerHTML = html;
        pane.scrollTop = 0;
        shut();
        // Whoever was at a button of the comment before goes on from this one.
        if (inside) pane.focus({ preventScroll: true });
    }

    function shut() {
        const reasons = pane.querySelector("[data-mod-reasons]");
        if (reasons) reasons.hidden = true;
        opened = "";
    }

    function ahead(row) {
        let left = 0;
        for (let one = row.nextElementSibling; one; one = one.nextElementSibling) {
            if (!one.dataset.row || one.classList.contains("is-done")) continue;
            left += 1;
            if (left <= AHEAD) fetchPane(one.dataset.row).catch(() => {});
        }
        if (left < FEW) more();
    }

    let fetching = null;

    function more() {
        const end = list.querySelector("[data-mod-more]");
        if (!end || fetching) return fetching;
        const after = end.querySelector("[data-after]").dataset.after;
        fetching = fetch(`${desk.dataset.rows}?${desk.dataset.address}&after=${encodeURIComponent(after)}`)
            .then(async (answer) => {
                if (!answer.ok) return;
                const fresh = document.createElement("template");
                fresh.innerHTML = await answer.text();
                // A row that is here already (its place has changed meanwhile) isn't shown twice.
                fresh.content.querySelectorAll("[data-row]").forEach((one) => {
                    if (rowOf(one.dataset.row)) one.remove();
                });
                end.replaceWith(fresh.content);
            })
            .catch(() => {})
            .finally(() => { fetching = null; });
        return fetching;
    }

    function step(by) {
        const all = rows().filter((one) => by < 0 || !one.classList.contains("is-done") || one.dataset.row === at);
        const here = all.findIndex((one) => one.dataset.row === at);
        return all[here + by];
    }

    async function onwards() {
        let next = step(1);
        if (!next && more()) {
            await fetching;
            next = step(1);
        }
        if (next) return open(next);
        // Nothing comes after it: perhaps something was skipped before.
        next = rows().find((one) => !one.classList.contains("is-done") && one.dataset.row !== at);
        if (next) return open(next);
        pane.replaceChildren(Object.assign(document.createElement("p"), {
            className: "mod-empty", textContent: "Nothing waits here any more.",
        }));
        desk.classList.remove("is-reading");
        at = "";
    }

    // What was done, so that it can be undone, last first.

    const done = [];

    function say(words, refused = false, undoes = false) {
        toast.replaceChildren(words);
        toast.classList.toggle("is-refused", refused);
        if (undoes) {
            const button = document.createElement("button");
            button.type = "button";
            button.append("Undo ", Object.assign(document.createElement("kbd"), { textContent: "u" }));
            button.addEventListener("click", undo);
            toast.append(button);
        }
    }

    function mark(row, words, { refused = false, finished = true } = {}) {
        if (!row) return;
        row.querySelector("[data-state]").textContent = words;
        row.classList.toggle("is-refused", refused);
        row.classList.toggle("is-done", finished && !refused);
        if (finished) row.querySelector("[name=chosen]").checked = false;
    }

    function version(row, number) {
        if (!row || number === undefined) return;
        row.dataset.version = number;
        row.querySelector(`[name="version-${row.dataset.row}"]`).value = number;
    }

    function count(counts) {
        for (const [queue, times] of Object.entries(counts || {})) {
            const place = desk.querySelector(`[data-count="${queue}"]`);
            if (place) place.textContent = times >= 1000 ? "999+" : times;
        }
    }

    async function send(address, body) {
        const answer = await fetch(address, {
            method: "POST", body, headers: { Accept: "application/json" },
        });
        if (!(answer.headers.get("Content-Type") || "").includes("json")) throw new Error(answer.status);
        return answer.json();
    }

    const token = () => {
        const body = new FormData();
        body.append("csrfmiddlewaretoken", bulk.elements.csrfmiddlewaretoken.value);
        return body;
    };

    const STAYS = new Set(["pick", "unpick"]);

    async function act(form, button) {
        const body = new FormData(form, button);
        const { one: pk } = pane.querySelector("[data-one]").dataset;
        const row = rowOf(pk);
        const stays = "stays" in form.dataset || STAYS.has(button.value);
        panes.delete(pk);
        if (!stays) {
            // On to the next one; what the paper says about this one comes while that is read.
            mark(row, "…");
            onwards();
        }
        try {
            const said = await send(form.action, body);
            if (!said.done) {
                mark(row, said.words, { refused: true });
                say(said.words, true);
                version(row, said.version);
                if (stays && at === pk) open(row);
                return;
            }
            done.push({ undo: said.undo, pks: [pk], what: said.what });
            mark(row, said.what, { finished: !stays });
            if (said.version !== undefined) version(row, said.version);
            count(said.counts);
            say(`${said.what}. `, false, true);
            if (stays && at === pk) open(row);
        } catch {
            mark(row, "Not sent", { refused: true });
            say("It could not be sent; nothing was done. Is the paper reachable, are you signed in?", true);
        }
    }

    async function undo() {
        const last = done.pop();
        if (!last) return say("There is nothing to undo.");
        try {
            const said = await send(last.undo, token());
            if (!said.done) return say(said.words, true);
            count(said.counts);
            for (const pk of Object.keys(said.comments)) {
                panes.delete(pk);
                mark(rowOf(pk), "Taken back", { finished: false });
                version(rowOf(pk), said.comments[pk]);
            }
            say(`Taken back: ${last.what.toLowerCase()}.`);
            open(rowOf(Object.keys(said.comments)[0]));
        } catch {
            done.push(last);
            say("It could not be sent. Is the paper reachable?", true);
        }
    }

    async function actOnMany(button) {
        const chosen = rows().filter((one) => one.querySelector("[name=chosen]").checked);
        if (!chosen.length) return say("Choose some comments first.", true);
        const body = new FormData(bulk, button);
        try {
            const said = await send(bulk.action, body);
            if (!said.undo && said.words) return say(said.words, true);
            for (const pk of said.done || []) {
                panes.delete(String(pk));
                mark(rowOf(pk), said.what);
            }
            for (const [pk, words] of Object.entries(said.refused || {})) {
                panes.delete(pk);
                mark(rowOf(pk), words, { refused: true });
            }
            count(said.counts);
            if (said.undo) done.push({ undo: said.undo, pks: said.done, what: said.what });
            const refused = Object.keys(said.refused || {}).length;
            const left = refused ? ` ${refused} left as they are: ${Object.values(said.refused)[0]}` : "";
            say(`${said.done.length} × ${said.what || "nothing"}.${left} `, refused > 0, Boolean(said.undo));
            choose();
            if (rowOf(at)?.classList.contains("is-done")) onwards();
        } catch {
            say("It could not be sent. Is the paper reachable?", true);
        }
    }

    function choose() {
        const times = rows().filter((one) => one.querySelector("[name=chosen]").checked).length;
        desk.querySelector("[data-mod-chosen]").textContent = times ? `${times} chosen` : "";
    }

    // Reasons: a key opens them, a digit chooses one and sends.

    let opened = "";

    function openReasons(key) {
        const reasons = pane.querySelector("[data-mod-reasons]");
        const button = pane.querySelector(`[data-opens="${key}"]`);
        if (!seen() || !reasons || !button) return;
        reasons.hidden = false;
        opened = key;
        reasons.scrollIntoView({ block: "nearest" });
        const first = reasons.querySelector("input[type=radio]") || reasons.querySelector("textarea");
        first.focus();
        for (const one of pane.querySelectorAll("[data-opens]")) {
            one.setAttribute("aria-expanded", String(one === button));
        }
    }

    function sendReason() {
        const button = pane.querySelector(`[data-opens="${opened}"]`);
        if (button) act(button.form, button);
    }

    const reasoned = (form) =>
        Boolean(form.querySelector("[name=reason]:checked") || form.elements.words?.value.trim());

    desk.addEventListener("submit", (event) => {
        const form = event.target;
        const button = event.submitter;
        if (form === bulk) {
            event.preventDefault();
            actOnMany(button);
        } else if ("modAct" in form.dataset && button) {
            event.preventDefault();
            if (button.dataset.opens && !(opened === button.dataset.opens && reasoned(form))) {
                openReasons(button.dataset.opens);
            } else {
                act(form, button);
            }
        }
    });

    desk.addEventListener("click", (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        const link = event.target.closest(".mod-row__link");
        if (link) {
            event.preventDefault();
            open(link.closest("[data-row]"));
        } else if (event.target.closest("[data-mod-back]")) {
            event.preventDefault();
            desk.classList.remove("is-reading");
        } else if (event.target.closest("[data-after]")) {
            event.preventDefault();
            more();
        } else if (event.target.closest("[data-mod-help]")) {
            keys.showModal();
        }
    });

    desk.addEventListener("change", (event) => {
        if (event.target.matches("[data-mod-all]")) {
            for (const one of rows()) {
                if (!one.classList.contains("is-done")) one.querySelector("[name=chosen]").checked = event.target.checked;
            }
        }
        choose();
    });

    // Keys. They can be switched off, for those who dictate or whose keys slip.

    const KEPT = "moderation keys off";
    const switched = desk.querySelector("[data-mod-keys-on]");
    switched.checked = localStorage.getItem(KEPT) === null;
    switched.addEventListener("change", () => {
        if (switched.checked) localStorage.removeItem(KEPT);
        else localStorage.setItem(KEPT, "yes");
    });

    function press(key) {
        const button = seen()?.querySelector(`[data-key="${key}"]`);
        if (button) act(button.form, button);
    }

    function unfold(key) {
        const details = seen()?.querySelector(`[data-mod-details="${key}"]`);
        if (!details) return;
        details.open = true;
        details.querySelector("select, input:not([type=hidden]), textarea").focus();
    }

    const KEYS = {
        j: async () => {
            if (!step(1)) await more();
            open(step(1));
        },
        k: () => open(step(-1)),
        a: () => press("a"),
        p: () => press("p"),
        r: () => openReasons("r"),
        x: () => openReasons("x"),
        c: () => seen()?.querySelector("[data-mod-claim]")?.click(),
        u: undo,
        w: () => unfold("w"),
        t: () => unfold("t"),
        s: () => {
            const box = rowOf(at)?.querySelector("[name=chosen]");
            if (box) box.checked = !box.checked;
            choose();
        },
        o: () => seen() && window.open(seen().dataset.page, "_blank", "noopener"),
        "?": () => keys.showModal(),
        "/": () => {
            const field = desk.querySelector("[name=typed]:not([type=hidden])");
            if (field) field.focus();
            else location.search = "?queue=all";
        },
    };

    // Before the back office's own keys, of which “?” is one.
    document.addEventListener("keydown", (event) => {
        const { key, target } = event;
        if (key === "Escape" && !keys.open) {
            shut();
            target.blur?.();
            return;
        }
        const sends = (event.ctrlKey || event.metaKey) && key === "Enter";
        if (sends && opened && target.closest?.("[data-mod-reasons]")) {
            event.preventDefault();
            sendReason();
            return;
        }
        if (event.ctrlKey || event.metaKey || event.altKey || keys.open || !switched.checked) return;
        const typing = target.matches?.("textarea, select, input:not([type=checkbox], [type=radio])");
        if (typing) return;
        if (opened && /^[1-9]$/.test(key)) {
            const radio = pane.querySelector(`[data-digit="${key}"]`);
            if (radio) {
                event.preventDefault();
                radio.checked = true;
                sendReason();
            }
            return;
        }
        if (opened && key === "Enter" && target.matches?.("[type=radio]")) {
            event.preventDefault();
            if (reasoned(target.form)) sendReason();
            return;
        }
        const does = KEYS[key];
        if (!does) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        // A key held down goes through the list; it decides nothing over and over.
        if (!event.repeat || key === "j" || key === "k") does();
    }, true);

    shut();
    const first = rowOf(at);
    if (first) {
        ahead(first);
        if (new URLSearchParams(location.search).has("at")) desk.classList.add("is-reading");
    }
})();
