// What is the reader's own on a page that is the same for everybody: which of its stories are saved.
// Links with data-save="<story>" become buttons; without this script they lead to a page with one.
{
    const links = [...document.querySelectorAll("a[data-save]")];
    const page = document.querySelector("main")?.dataset.page;
    let csrf = "";

    const show = (button, saved) => {
        button.setAttribute("aria-pressed", saved);
        button.firstChild.data = saved ? "Saved" : button.dataset.words;
    };

    const toggle = async (button) => {
        const saved = button.getAttribute("aria-pressed") === "true";
        show(button, !saved);
        const answer = await fetch(saved ? "/saved/remove/" : "/saved/add/", {
            method: "POST",
            // Goes through even if the reader leaves the page at once.
            keepalive: true,
            headers: { Accept: "application/json", "X-CSRFToken": csrf },
            body: new URLSearchParams({ story: button.dataset.save }),
        }).catch(() => null);
        if (answer?.ok) show(button, (await answer.json()).saved);
        else if (answer?.status === 401) location.assign(button.dataset.link);
        else show(button, saved);
    };

    // For staff who may change the page.
    const edit = (address) => {
        const item = document.createElement("li");
        item.append(Object.assign(document.createElement("a"), { href: address, textContent: "Edit this page" }));
        document.querySelector(".masthead__you")?.prepend(item);
    };

    const start = async () => {
        const asked = new URLSearchParams(links.slice(0, 60).map((link) => ["story", link.dataset.save]));
        if (page) asked.append("page", page);
        const answer = await fetch(`/you/state.json?${asked}`, { headers: { Accept: "application/json" } });
        const facts = await answer.json();
        if (!facts.name) return;
        csrf = facts.csrf;
        for (const link of links) {
            const button = document.createElement("button");
            button.type = "button";
            button.className = link.className;
            button.dataset.save = link.dataset.save;
            button.dataset.link = link.href;
            button.dataset.words = link.firstChild.data.trim();
            // In a list the headline stands beside the words, for those who can't see which it is.
            button.append(...link.childNodes);
            show(button, (facts.saved || []).includes(Number(link.dataset.save)));
            button.addEventListener("click", () => toggle(button));
            link.replaceWith(button);
        }
        if (facts.edit) edit(facts.edit);
        document.dispatchEvent(new CustomEvent("reader", { detail: facts }));
    };

    // The stories that counted this month open in place, below the link that leads to their page.
    const unfold = (link) => {
        const details = document.createElement("details");
        const summary = document.createElement("summary");
        summary.append(...link.childNodes);
        details.append(summary);
        const list = async () => {
            const answer = await fetch(link.href, { headers: { Accept: "application/json" } });
            const { readings } = await answer.json();
            const rows = document.createElement("ol");
            for (const { headline, url } of readings) {
                const row = document.createElement("li");
                row.append(url ? Object.assign(document.createElement("a"), { href: url }) : "");
                (row.firstElementChild ?? row).append(headline);
                rows.append(row);
            }
            details.append(rows);
        };
        details.addEventListener("toggle", () => list().catch(() => location.assign(link.href)), { once: true });
        link.replaceWith(details);
    };
    document.querySelectorAll("a[data-readings]").forEach(unfold);

    // The cookie is for display only; without it nobody is signed in and nothing is asked.
    if (!/(?:^|; )shown=[^;]/.test(document.cookie)) {
        // Who signs in to save a story comes back to it, for the button there says that it is saved.
        for (const link of links) link.search += "&script=1";
    } else if (links.length || page) start().catch(() => {});
}
