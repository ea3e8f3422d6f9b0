// What is the reader's own on a page that is the same for everybody: which of its stories are saved.
// Links with data-save="<story>" become buttons; without this script they lead to a page with one.
{
    const links = [...document.querySelectorAll("a[data-save]")];
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

    const start = async () => {
        const asked = new URLSearchParams(links.slice(0, 60).map((link) => ["story", link.dataset.save]));
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
        document.dispatchEvent(new CustomEvent("reader", { detail: facts }));
    };

    // The cookie is for display only; without it nobody is signed in and nothing is asked.
    if (links.length && /(?:^|; )shown=[^;]/.test(document.cookie)) start().catch(() => {});
}
