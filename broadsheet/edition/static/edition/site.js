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
    // The talk below a story is fetched when a reader starts down the page or it is near already:
    // early, because what comes while one looks at the place moves what stands below it.
    const below = document.querySelector("[data-below]");
    if (below) {
        const fetchTalk = () => {
            watcher.disconnect();
            removeEventListener("scroll", fetchTalk);
            document.head.append(Object.assign(document.createElement("script"), { src: below.dataset.code }));
        };
        const watcher = new IntersectionObserver(([one]) => one.isIntersecting && fetchTalk(), { rootMargin: "600px" });
        watcher.observe(below);
        addEventListener("scroll", fetchTalk, { passive: true });
    }
}
