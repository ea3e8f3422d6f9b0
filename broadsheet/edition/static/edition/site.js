// What is personal on a page that is the same for everybody, from the cookie `shown`.
{
    const shown = /(?:^|; )shown=([^;]*)/.exec(document.cookie);
    let facts = {};
    try {
        facts = shown ? JSON.parse(decodeURIComponent(shown[1])) : {};
    } catch {
        // Not ours to mend: the page stays as it is for a visitor.
    }
    for (const place of document.querySelectorAll("[data-left]")) {
        if (Number.isInteger(facts.left)) place.textContent = `${facts.left} left`;
    }
    // The talk below a story is fetched when it comes near.
    const below = document.querySelector("[data-below]");
    if (below) {
        const watcher = new IntersectionObserver(
            ([one]) => {
                if (!one.isIntersecting) return;
                watcher.disconnect();
                document.head.append(Object.assign(document.createElement("script"), { src: below.dataset.code }));
            },
            { rootMargin: "600px" },
        );
        watcher.observe(below);
    }
}
